"""Which emulator a command talks to: one for each state directory, at the same ports, never another's."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from emulator.server import ports
from tests.amlet.cli.processes import Processes

Amlet = Callable[..., subprocess.CompletedProcess[str]]

_JOB = "type: command\ncommand: exit 0\nenvironment: azureml:e:1\n"


@pytest.fixture
def amlet(tmp_path: Path) -> Iterator[Processes]:
    run = Processes(tmp_path)
    (tmp_path / "job.yml").write_text(_JOB)
    yield run
    run("emulator", "stop", "--all")


def _running(amlet: Amlet) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(amlet("emulator", "status").stdout)
    return found


@pytest.mark.slow
def test_several_first_commands_at_once_start_one_emulator(amlet: Processes) -> None:
    with ThreadPoolExecutor(3) as pool:
        ran = list(pool.map(lambda name: amlet("job", "create", "-f", "job.yml", "-n", name), "abc"))
    assert [one.returncode for one in ran] == [0, 0, 0], [one.stderr for one in ran]
    assert sum("Started an emulator" in one.stderr for one in ran) == 1
    assert len(_running(amlet)) == 1
    assert sorted(job["name"] for job in json.loads(amlet("job", "list").stdout)) == ["a", "b", "c"]


@pytest.mark.slow
def test_the_emulator_of_one_run_goes_on_while_another_uses_it(amlet: Processes) -> None:
    script = (
        "import os, sys, urllib.request\n"
        "print('up', flush=True)\n"
        "sys.stdin.readline()\n"
        "origin = os.environ['MLFLOW_TRACKING_URI'].partition('/mlflow')[0]\n"
        "print(urllib.request.urlopen(f'{origin}/_amlet/health').status)\n"
    )
    first = amlet.start("run", "--", sys.executable, "-c", "import sys; print('up', flush=True); sys.stdin.readline()")
    assert first.stdout is not None
    assert first.stdout.readline() == "up\n"
    second = amlet.start("run", "--", sys.executable, "-c", script)
    assert second.stdout is not None
    assert second.stdout.readline() == "up\n"
    first.communicate("\n", timeout=60)
    out, err = second.communicate("\n", timeout=60)
    assert out == "200\n", err
    assert _running(amlet) == []


@pytest.mark.slow
def test_a_state_directory_keeps_its_ports_from_start_to_start(amlet: Processes, tmp_path: Path) -> None:
    assert amlet("emulator", "start", "--detach").returncode == 0
    [before] = _running(amlet)
    amlet("emulator", "stop")
    assert amlet("job", "create", "-f", "job.yml").returncode == 0
    [after] = _running(amlet)
    assert (after["origin"], after["http"]) == (before["origin"], before["http"])

    amlet("emulator", "stop")
    https, http = ports.remembered(tmp_path / "home" / "state") or (0, 0)
    with ports.listening(https):
        moved = amlet("emulator", "start", "--detach")
    assert moved.returncode == 0
    assert f"of {https} and {http}, those of the last start, not both are free" in moved.stderr


@pytest.mark.slow
def test_an_emulator_of_another_state_directory_is_neither_used_nor_stopped(amlet: Processes, tmp_path: Path) -> None:
    assert amlet("emulator", "start", "--detach", "--state-dir", "other", "--clock", "virtual").returncode == 0
    [other] = _running(amlet)
    assert (other["state_dir"], other["default"], other["simulated"]) == (str(tmp_path / "other"), False, True)

    listed = amlet("job", "list", "--emulator")
    assert (listed.returncode, f"--state-dir {tmp_path / 'other'}" in listed.stderr) == (6, True)
    assert amlet("emulator", "stop").returncode == 6
    assert "(not running), state directory" in listed.stderr.splitlines()[0]

    created = amlet("job", "create", "-f", "job.yml", "--emulator")
    assert created.returncode == 0, created.stderr
    assert [found["default"] for found in _running(amlet)] == [False, True]
    shown = amlet("job", "list", "--state-dir", "other")
    assert (shown.returncode, json.loads(shown.stdout)) == (0, [])
    first = shown.stderr.splitlines()[0]
    assert first.startswith(f"Target: emulator {other['origin']}, state directory {tmp_path / 'other'} - SIMULATED")


def test_a_port_beyond_the_last_one_is_refused_by_its_option(amlet: Processes) -> None:
    for option in ("--port", "--http-port"):
        refused = amlet("emulator", "start", option, "80000")
        assert (refused.returncode, "65535" in refused.stderr) == (2, True), refused.stderr
