"""The audit of dependencies fails for vulnerabilities and for nothing else."""

from __future__ import annotations

import json

import pytest

from tests.audit.dependencies import installed
from tests.audit.verdict import verdict

_BAD = {"name": "x", "version": "1", "vulns": [{"id": "PYSEC-1", "fix_versions": ["2"], "aliases": []}]}
_GOOD = {"name": "y", "version": "1", "vulns": []}
_UNKNOWN = {"name": "z", "skip_reason": "not found"}


def test_a_known_vulnerability_is_named_with_its_repair() -> None:
    found = verdict(json.dumps({"dependencies": [_BAD, _GOOD, _UNKNOWN]}))
    assert found.is_bad
    assert found.text.splitlines() == [
        "x 1: PYSEC-1, repaired in 2",
        "2 packages looked up, 1 known vulnerabilities",
    ]


def test_without_one_all_is_well() -> None:
    assert not verdict(json.dumps({"dependencies": [_GOOD]})).is_bad


@pytest.mark.parametrize("answer", ["", "ERROR: connection refused", "[]", json.dumps({"dependencies": [_UNKNOWN]})])
def test_where_nothing_is_reached_it_says_so_and_is_well(answer: str) -> None:
    found = verdict(answer)
    assert (found.is_bad, found.text.partition(":")[0]) == (False, "audit skipped")


def test_what_an_emulator_needs_is_found_with_what_that_needs() -> None:
    found = installed("amlet", {"emulator"})
    assert {"httpx", "starlette", "anyio", "uvloop", "h11"} <= found.keys()
    assert not {"pytest", "azure-ai-ml", "amlet"} & found.keys()
