"""`amlet emulator snapshot`, `restore`, `clock`, `scenario` and `amlet journal`: a real process in virtual time."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.amlet.cli.processes import Processes

pytestmark = pytest.mark.slow

Amlet = Callable[..., subprocess.CompletedProcess[str]]

_SCENARIO = """
seed: 7
start: 2026-01-01T00:00:00Z
trials:
  - match: {trial: 0}
    metrics: [0.1, 0.9]
    duration: 3600
  - match: {trial: 1}
    exit_code: 2
requests:
  - {match: GET jobs/late, status: 503, times: 1}
"""

_SWEEP = """
type: sweep
trial: {command: "true ${{search_space.x}}", environment: "azureml:e:1"}
search_space: {x: {type: uniform, min_value: 0, max_value: 1}}
sampling_algorithm: random
objective: {goal: maximize, primary_metric: accuracy}
limits: {max_total_trials: 2}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    (folder / "scenario.yml").write_text(_SCENARIO)
    (folder / "sweep.yml").write_text(_SWEEP)
    return folder


@pytest.fixture(scope="module")
def amlet(folder: Path) -> Iterator[Amlet]:
    run = Processes(folder)
    started = run("emulator", "start", "--detach", "--scenario", "scenario.yml")
    assert started.returncode == 0, started.stderr
    yield run
    run("emulator", "stop", "--all")


def read(amlet: Amlet, *arguments: str) -> Any:
    done = amlet(*arguments)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def sweep(amlet: Amlet) -> str:
    """A sweep that has ended, an hour later."""
    name = str(read(amlet, "job", "create", "-f", "sweep.yml", "-n", "one")["name"])
    assert read(amlet, "job", "show", name)["status"] == "Completed"
    return name


def test_trials_do_what_the_scenario_says_and_hours_pass_at_once(amlet: Amlet, sweep: str) -> None:
    trials = read(amlet, "job", "list", "-p", sweep)
    assert sorted((trial["name"], trial["status"]) for trial in trials) == [
        ("one_0", "Completed"),
        ("one_1", "Failed"),
    ]
    clock = read(amlet, "emulator", "clock")
    assert (clock["at"], clock["clock"]) == ("2026-01-01T01:00:00.0000000+00:00", "virtual")


def test_time_is_moved(amlet: Amlet, sweep: str) -> None:
    before = read(amlet, "emulator", "clock", "--freeze")
    after = read(amlet, "emulator", "clock", "--advance", "90")
    assert (after["now"] - before["now"], after["passed"], after["frozen"]) == (90.0, 90.0, True)
    assert read(amlet, "emulator", "clock", "--thaw", "--settle")["frozen"] is False
    assert amlet("emulator", "clock", "--thaw", "--freeze").returncode == 2


def test_a_state_is_saved_under_a_name_and_comes_back_from_it_or_from_its_file(
    amlet: Amlet, folder: Path, sweep: str
) -> None:
    assert read(amlet, "emulator", "snapshot", "before", "--file", "copy of it.zip")["name"] == "before"
    read(amlet, "job", "create", "-f", "sweep.yml", "-n", "two")
    assert {job["name"] for job in read(amlet, "job", "list")} == {"one", "two"}
    read(amlet, "emulator", "restore", "before")
    assert {job["name"] for job in read(amlet, "job", "list")} == {"one"}
    assert read(amlet, "emulator", "restore", "./copy of it.zip")["name"] == "copy-of-it"
    assert [one["name"] for one in read(amlet, "emulator", "snapshot")] == ["before", "copy-of-it"]


def test_a_job_goes_out_and_in_as_json(amlet: Amlet, folder: Path, sweep: str) -> None:
    assert amlet("emulator", "export", sweep, "--file", "one.json").returncode == 0
    record = read(amlet, "emulator", "export", sweep)
    assert record == json.loads((folder / "one.json").read_text())
    assert [trial["name"] for trial in record["job"]["trials"]] == ["one_0", "one_1"]
    twice = amlet("emulator", "import", "one.json")
    assert (twice.returncode, "There is a job one already" in twice.stderr) == (5, True)
    elsewhere = amlet("emulator", "import", "one.json", "-w", "other")
    assert (elsewhere.returncode, elsewhere.stderr) == (0, "Imported one, 2 trials\n")
    assert read(amlet, "emulator", "export", sweep, "-w", "other") == record


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("snapshot", "../x"), 5, "is not a name for a snapshot"),
        (("restore", "none"), 5, "There is no snapshot 'none'; known are "),
        (("restore", "none.zip"), 2, "none.zip: there is no such file"),
        (("restore", "./sweep.yml"), 5, "it is not an archive"),
        (("import", "none.json"), 2, "none.json: No such file"),
        (("import", "sweep.yml"), 5, "sweep.yml: this is not JSON"),
        (("export", "none"), 5, "There is no job none that could be exported"),
        (("scenario", "sweep.yml"), 5, "sweep.yml:2: type: unknown key"),
        (("scenario", "--verify", "--end"), 2, "give one of FILE, --verify and --end"),
    ],
)
def test_what_cannot_be_done_is_said(amlet: Amlet, arguments: tuple[str, ...], code: int, message: str) -> None:
    done = amlet("emulator", *arguments)
    assert done.returncode == code, done.stderr
    assert message in done.stderr


def test_what_was_planned_and_never_came_fails(amlet: Amlet, sweep: str) -> None:
    done = amlet("emulator", "scenario", "--verify")
    assert done.returncode == 5
    assert "fault-1: 503 for GET jobs/late" in done.stderr
    assert read(amlet, "job", "list") is not None
    amlet("job", "show", "late")
    assert read(amlet, "emulator", "scenario", "--verify")["requests"][0]["fired"] == 1


def test_the_journal_tells_what_was_refused_and_why(amlet: Amlet, sweep: str) -> None:
    assert amlet("job", "show", "nowhere").returncode != 0
    last = read(amlet, "journal", "--refused", "--path", "jobs/nowhere")[-1]
    assert (last["method"], last["status"]) == ("GET", 404)
    assert last["refusal"] == {"code": "UserError", "message": "Job nowhere not found."}
    assert last["request"]["headers"]["authorization"] == "REDACTED"
    assert len(read(amlet, "journal", "-n", "3")) == 3


def test_the_journal_is_followed(amlet: Any, sweep: str) -> None:
    amlet("job", "show", "followed1")
    follower = amlet.start("journal", "--follow", "--path", "jobs/followed", "-n", "1")
    try:
        assert json.loads(follower.stdout.readline())["path"].endswith("/jobs/followed1")
        amlet("job", "show", "followed2")
        assert json.loads(follower.stdout.readline())["path"].endswith("/jobs/followed2")
    finally:
        follower.kill()
        follower.communicate()


def test_a_scenario_that_cannot_be_used_starts_no_emulator(amlet: Amlet, folder: Path) -> None:
    (folder / "bad.yml").write_text("trials:\n  - exitcode: 1\n")
    done = amlet("emulator", "start", "--scenario", "bad.yml", "--state-dir", "other")
    assert done.returncode == 5
    assert "bad.yml:2: trials[0].exitcode: unknown key; did you mean 'exit_code'?" in done.stderr
    mixed = amlet("emulator", "start", "--scenario", "scenario.yml", "--clock", "real", "--state-dir", "other")
    assert "use --clock virtual" in mixed.stderr
