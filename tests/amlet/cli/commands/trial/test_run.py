"""`amlet trial run`."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from amlet.cli.commands.trial import run as trial
from amlet.cli.exits import Refusal
from contracts.local_choices import LocalChoices
from tests.amlet.cli.processes import Processes

SCRIPT = """\
import os, sys
try:
    print("ready", flush=True)
    word = input()
except KeyboardInterrupt:
    print("interrupted")
    sys.exit(0)
print(word, *sys.argv[1:], os.environ["AZUREML_SWEEP_x"], os.environ["AZUREML_RUN_ID"][-2:], os.path.exists("train.py"))
sys.exit(3 if word == "fail" else 0)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sweep over x and y whose trials ask for a word."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "src").mkdir()
    (folder / "src" / "train.py").write_text(SCRIPT)
    (folder / "sweep.yml").write_text(
        "type: sweep\n"
        "trial:\n  code: src\n  command: python train.py ${{search_space.y}}\n  environment: azureml:e:1\n"
        "search_space:\n"
        "  x: {type: uniform, min_value: 0, max_value: 1}\n"
        "  y: {type: quniform, min_value: 1, max_value: 9, q: 1}\n"
        "sampling_algorithm: {type: random, seed: 3}\n"
        "objective: {goal: minimize, primary_metric: loss}\n"
        "limits: {max_total_trials: 3, trial_timeout: 60}\n"
    )
    return folder


@pytest.fixture(scope="module")
def start(folder: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts the command as a user does."""
    processes = Processes(folder)
    yield processes.start
    processes("emulator", "stop", "--all")


def said(process: subprocess.Popen[str], word: str) -> tuple[int, list[str], str]:
    """Exit code, lines of stdout and stderr, after a word went in."""
    out, err = process.communicate(word, timeout=120)
    return process.returncode, out.splitlines(), err


@pytest.mark.slow
def test_a_trial_has_this_terminal_and_what_it_would_have_in_its_sweep(start) -> None:
    code, out, err = said(start("trial", "run", "-f", "sweep.yml", "--set", "x=0.5"), "hello\n")
    assert code == 0, err
    assert out == ["ready", "hello 2 0.5 _0 True"]
    assert err.splitlines()[-1] == "Status: Completed"


@pytest.mark.slow
def test_a_trial_that_fails_is_told_by_the_exit_code(start) -> None:
    code, out, _ = said(start("trial", "run", "-f", "sweep.yml"), "fail\n")
    assert code == 3
    assert out[1].startswith("fail 2 0.0")


@pytest.mark.slow
def test_a_recorded_trial_is_repeated_with_its_values(start, folder: Path) -> None:
    (folder / "src" / "quick.py").write_text("")
    quick = (folder / "sweep.yml").read_text().replace("python train.py", "python quick.py")
    (folder / "quick.yml").write_text(quick + "early_termination: {type: median_stopping}\n")
    name = said(start("job", "create", "-f", "quick.yml", "--query", "name", "-o", "tsv"), "")[1][0]
    assert said(start("job", "stream", "-n", name), "")[0] == 0
    told = json.loads("".join(said(start("job", "list", "-p", name, "--query", "[].tags.hyperparameters"), "")[1]))
    assert len(told) == 3
    code, _, err = said(start("trial", "run", "-n", f"{name}_2"), "")
    assert code == 0, err
    latest = json.loads("".join(said(start("job", "list", "-r", "1"), "")[1]))[0]
    assert latest["display_name"] == f"{name}_2 again"
    again = json.loads("".join(said(start("job", "list", "-p", latest["name"], "--query", "[].tags"), "")[1]))
    assert [json.loads(tags["hyperparameters"]) for tags in again] == [json.loads(told[2])]
    code, _, err = said(start("trial", "run", "-n", f"{name}_7"), "")
    assert code == 5
    assert f"has no trial {name}_7; it has 3" in err


@pytest.mark.slow
def test_ctrl_c_goes_to_the_trial(start) -> None:
    process = start("trial", "run", "-f", "sweep.yml")
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGINT)
    assert process.stdout.readline() == "interrupted\n"
    assert said(process, "")[0] == 0


def test_a_trial_cannot_be_run_in_a_workspace(amlet, sweep: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    where = ("--subscription", "s", "-g", "r", "-w", "ws")
    ran = amlet("trial", "run", "-f", sweep, *where)
    assert ran.code == 2
    assert "on an emulator only" in ran.err


def test_the_emulator_need_not_be_asked_for(amlet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AMLET_TARGET", raising=False)
    assert "Target: emulator" in amlet("trial", "run").err


@pytest.mark.parametrize("options", [(), ("-f", "sweep.yml", "-n", "s_1")])
def test_one_trial_must_be_meant(amlet, sweep: Path, options: tuple[str, ...]) -> None:
    ran = amlet("trial", "run", "--emulator", *options)
    assert ran.code == 2
    assert "which trial? give -f FILE, or -n NAME_3 of a recorded one" in ran.err


def test_a_sweep_is_no_trial(amlet, emulator) -> None:
    assert "trials are called NAME_0, NAME_1" in amlet("trial", "run", "-n", "sweep", "--emulator").err


@pytest.mark.parametrize(
    ("command", "attached"),
    [
        ("python train.py --x 1", "python -m debugpy --listen 127.0.0.1:5678 --wait-for-client train.py --x 1"),
        (
            "cd a && python3 -u -m train",
            "cd a && python3 -u -m debugpy --listen 127.0.0.1:5678 --wait-for-client -m train",
        ),
    ],
)
def test_the_debugger_is_put_before_the_script(command: str, attached: str) -> None:
    job = SimpleNamespace(command=command)
    trial._attach(job, LocalChoices(python="/bin/true"), 5678)  # type: ignore[arg-type]
    assert job.command == attached


def test_a_command_without_python_cannot_be_attached_to() -> None:
    with pytest.raises(Refusal, match="starts no Python by name"):
        trial._attach(SimpleNamespace(command="./run.sh python"), LocalChoices(python="/bin/true"), 1)  # type: ignore[arg-type]


def test_a_python_without_debugpy_is_said_with_the_remedy() -> None:
    with pytest.raises(Refusal, match="/bin/false -m pip install debugpy"):
        trial._attach(SimpleNamespace(command="python x.py"), LocalChoices(python="/bin/false"), 1)  # type: ignore[arg-type]


def test_only_the_first_ctrl_c_is_passed_on_and_none_before_there_is_a_trial() -> None:
    class Heard:
        running = False
        count = 0

        def interrupt(self) -> bool:
            self.count += self.running
            return self.running

    terminal: Any = Heard()
    with trial._first_interrupt_to(terminal):
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        terminal.running = True
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert terminal.count == 1
