"""What `amlet emulator start` reads without the command line."""

from __future__ import annotations

import contextlib
import dataclasses
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import typer.main

from amlet.cli.app import command_line
from amlet.cli.exits import Refusal
from amlet.cli.serving import executor_settings
from amlet.cli.start_options import StartOptions, arguments_of


def test_every_option_is_read_in_either_form() -> None:
    given = ["--port", "0", "--http-port=1", "--state-dir", "s", "--auth", "any", "--azure-like", "--project", "none"]
    given += ["--setting", "page_size=3", "--setting=region=x", "--clock", "virtual", "--scenario", "f", "--seed", "7"]
    assert StartOptions.read(given) == StartOptions(
        *(0, 1, Path("s"), "any", True, ("page_size=3", "region=x"), "none", "virtual", Path("f"), 7)
    )


def test_without_options_the_usual_ports_are_taken() -> None:
    assert StartOptions.read([]) == StartOptions(8443, 8480)


@pytest.mark.parametrize(
    "given",
    [["--help"], ["--detach"], ["--port"], ["--port", "-1"], ["--port", "x"], ["--auth", "none"], ["--clock=unreal"],
     ["--prot", "1"], ["more"], ["--azure-like=1"], ["--seed", "1.5"]],
)  # fmt: skip
def test_what_needs_the_command_line_is_left_to_it(given: Sequence[str]) -> None:
    assert StartOptions.read(given) is None


def test_an_emulator_starts_without_the_command_line(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom amlet.cli.main import main\n"
        "import emulator.server.process\nemulator.server.process.serve = lambda *_: None\n"
        f"sys.argv = ['amlet', 'emulator', 'start', '--state-dir', {str(tmp_path)!r}]\nmain()\n"
        "print(sorted({'typer', 'pydantic', 'httpx', 'gateway.transport', 'yaml'} & set(sys.modules)))"
    )
    out = subprocess.check_output([sys.executable, "-c", code], text=True, cwd=tmp_path, timeout=120)
    assert out.splitlines()[-1] == "[]"


def test_the_command_knows_the_same_options_and_reads_them_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    given = ["--port", "0", "--http-port", "1", "--state-dir", "s", "--auth", "any", "--azure-like", "--seed", "7"]
    given += ["--project", "none", "--setting", "page_size=3", "--clock", "virtual", "--scenario", "f"]
    given += ["--listen", "10.0.0.5:9", "--listen-name", "box", "--executor", "dask", "--dask-address", "tcp://s:1"]
    start: Any = typer.main.get_command(command_line("emulator", "start"))
    options = start.commands["emulator"].commands["start"].params
    flags = {flag for option in options for flag in option.opts}
    assert flags - {"--detach"} == {text for text in given if text.startswith("--")}

    served: list[StartOptions] = []
    monkeypatch.setattr("amlet.cli.commands.emulator.start.serve_here", served.append)
    with contextlib.suppress(SystemExit):
        start(["emulator", "start", *given], prog_name="amlet")
    [by_typer], by_hand = served, StartOptions.read(given)
    assert by_hand is not None
    assert dataclasses.replace(by_typer, settings=tuple(by_typer.settings)) == by_hand


def test_the_words_of_a_command_line_say_what_was_given() -> None:
    given = {"port": 0, "azure_like": True, "settings": ("a=1", "b=2"), "executor": "dask", "seed": None}
    words = ["--port", "0", "--azure-like", "--setting", "a=1", "--setting", "b=2", "--executor", "dask"]
    assert arguments_of(given) == words
    read = StartOptions.read(words)
    assert read
    assert (read.port, read.settings, read.executor) == (0, ("a=1", "b=2"), "dask")


@pytest.mark.parametrize(
    ("given", "settings"),
    [
        (["--executor", "process"], ["executor=process"]),
        (["--executor", "dask", "--setting", "dask_address=tcp://s:1"], ["dask_address=tcp://s:1", "executor=dask"]),
        (["--dask-address", "tcp://s:1"], ["executor=dask", "dask_address=tcp://s:1"]),
    ],
)
def test_the_executor_is_a_setting(given: list[str], settings: list[str]) -> None:
    options = StartOptions.read(given)
    assert options
    assert executor_settings(options) == settings


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["--executor", "dask"], "needs the address of a scheduler"),
        (["--executor", "process", "--dask-address", "tcp://s:1"], "is for the executor dask"),
        (["--dask-address", "tcp://s:1"], "pip install 'amlet\\[dask\\]'"),
    ],
)
@pytest.mark.parametrize("detached", [[], ["--detach"]])
def test_an_executor_that_cannot_run_is_refused(
    monkeypatch: pytest.MonkeyPatch, given: list[str], message: str, detached: list[str]
) -> None:
    monkeypatch.setattr("amlet.cli.serving.find_spec", lambda name: None)
    start: Any = typer.main.get_command(command_line("emulator", "start"))
    with pytest.raises(Refusal, match=message):
        start.main(["emulator", "start", *detached, *given], standalone_mode=False)
