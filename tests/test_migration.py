"""Every name, method, command and option that the migration page mentions exists."""

from __future__ import annotations

import importlib
import inspect
import re
import warnings
from pathlib import Path
from typing import Any

import pytest
import typer.main

import gateway
import gateway.aio
from amlet.cli.app import command_line

PAGE = (Path(__file__).parents[1] / "docs" / "migration.md").read_text(encoding="utf-8")
_CODE = " ".join(re.findall(r"`([^`\n]+)`", PAGE))
OURS = sorted(set(re.findall(r"\bgateway(?:\.\w+)+", _CODE)))
THEIRS = sorted(set(re.findall(r"\bazure\.(?:ai\.ml|core|identity)(?:\.\w+)*", _CODE)))
METHODS = sorted(set(re.findall(r"\bclient\.(jobs\.\w+|\w+)", _CODE)) - {"jobs"})
OFFICIAL_METHODS = sorted(set(re.findall(r"\bml_client\.(jobs\.\w+|\w+)", _CODE)) - {"jobs"})
COMMANDS = sorted(set(re.findall(r"`(amlet [^`]+)`", PAGE)))


def _find(dotted: str) -> Any:
    parts = dotted.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for name in parts[length:]:
            found = getattr(found, name)
        return found
    raise ModuleNotFoundError(dotted)


@pytest.mark.parametrize("name", OURS)
def test_every_name_of_ours_exists(name: str) -> None:
    assert _find(name) is not None


@pytest.mark.oracle
@pytest.mark.parametrize("name", THEIRS)
def test_every_name_of_the_official_sdk_exists(name: str) -> None:
    pytest.importorskip("azure.ai.ml")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert _find(name) is not None


@pytest.mark.parametrize("asynchronous", [False, True])
@pytest.mark.parametrize("method", sorted({*METHODS, *OFFICIAL_METHODS}))
def test_every_method_exists_in_both_clients(method: str, asynchronous: bool) -> None:
    client = (gateway.aio.MLClient if asynchronous else gateway.MLClient)(None, "s", "g", "w")
    found = client
    for name in method.split("."):
        found = getattr(found, name)
    assert found is not None


@pytest.mark.oracle
@pytest.mark.parametrize("method", OFFICIAL_METHODS)
def test_every_method_of_the_official_client_exists_with_our_parameters(method: str) -> None:
    pytest.importorskip("azure.ai.ml")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from azure.ai.ml import MLClient
        from azure.ai.ml.operations import JobOperations
    group, _, name = method.rpartition(".")
    if not group:
        assert hasattr(MLClient, name)
        return
    theirs = inspect.signature(getattr(JobOperations, name)).parameters
    ours = inspect.signature(getattr(gateway.MLClient(None, "s", "g", "w").jobs, name)).parameters
    assert set(theirs) - {"self", "kwargs"} <= set(ours)


@pytest.mark.parametrize("shown", COMMANDS)
def test_every_command_exists_with_its_options(shown: str) -> None:
    command: Any = typer.main.get_command(command_line())
    words = shown.split()[1:]
    while words and hasattr(command, "commands"):
        command = command.commands[words.pop(0)]
    known = {option for parameter in command.params for option in parameter.opts}
    assert [word for word in words if word.startswith("-") and word not in known] == []


def test_the_page_mentions_what_it_is_about() -> None:
    assert len(OURS) > 15
    assert len(COMMANDS) > 10
    assert {"jobs.wait", "jobs.trials"} <= set(METHODS)
