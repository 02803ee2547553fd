"""The page of Microsoft's unit tests counts what happened, and names why the others cannot pass."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from types import ModuleType

import pytest

import gateway.entities
from tests.ms_e2e.run import Result
from tests.ms_unit import renamed
from tests.ms_unit.scope import OUT_OF_SCOPE, reason
from tests.ms_unit.table import failures, page

RESULTS = [
    Result("dsl", "test_dsl_pipeline::T::test_one", "passed"),
    Result("dsl", "test_dsl_pipeline::T::test_two", "failed", "AssertionError: assert 1 == 2"),
    Result("dsl", "test_dsl_pipeline::T::test_three", "failed", "AttributeError: 'X' object has no attribute '_meta'"),
    Result("dsl", "test_dsl_pipeline::T::test_four", "skipped", "uses the data file components/one.yml"),
    Result("dsl", "test_dsl_pipeline::T::test_five", "skipped", "takes long"),
]


def test_only_a_failure_without_a_reason_is_one() -> None:
    assert failures(RESULTS) == ["dsl: test_dsl_pipeline::T::test_two failed: AssertionError: assert 1 == 2"]
    assert "| dsl | 1 | 1 | 2 | 1 |" in page(RESULTS)
    assert "| its data file is not at hand | 1 |" in page(RESULTS)


@pytest.mark.parametrize("pattern", OUT_OF_SCOPE)
def test_what_passes_is_never_out_of_scope(pattern: str) -> None:
    assert reason(Result("dsl", pattern, "passed")) is None


@pytest.fixture
def root() -> Iterator[ModuleType]:
    renamed.install()
    yield importlib.import_module("renamed")
    sys.meta_path.pop(0)
    for name in [name for name in sys.modules if name.split(".")[0] == "renamed"]:
        del sys.modules[name]


def test_public_names_come_from_gateway_also_by_private_paths(root: ModuleType) -> None:
    builders = importlib.import_module("renamed.entities._builders")
    assert builders.Command is gateway.entities.Command


def test_a_private_name_skips_the_test_that_uses_it(root: ModuleType) -> None:
    private = importlib.import_module("renamed.entities._job").to_rest_functions
    with pytest.raises(pytest.skip.Exception, match=r"uses entities\._job\.to_rest_functions\.convert"):
        private.convert(1)
