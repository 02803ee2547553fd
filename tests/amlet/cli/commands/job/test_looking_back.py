"""What the command shows, writes and opens of a sweep that has run on a real emulator."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from tests.amlet.cli.processes import Processes

JOB = """
type: sweep
trial:
  code: src
  command: python train.py ${{search_space.x}}
  environment: azureml:e:1
search_space:
  x: {type: choice, values: [1, 2, 3]}
sampling_algorithm: grid
objective: {goal: maximize, primary_metric: score}
limits: {max_total_trials: 3, max_concurrent_trials: 2}
"""
TRAIN = """
import sys
from gateway.tracking import log_metric
for step in range(3):
    log_metric("score", int(sys.argv[1]) * step, step)
"""


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Processes]:
    """The command in a folder whose sweep `s` has run, and whose command job `c` too."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "src").mkdir()
    (folder / "src" / "train.py").write_text(TRAIN)
    (folder / "sweep.yml").write_text(JOB)
    (folder / "command.yml").write_text("type: command\ncommand: 'true'\nenvironment: azureml:e:1\n")
    run = Processes(folder)
    ran = run("job", "create", "-f", "sweep.yml", "-n", "s", "--stream")
    assert ran.returncode == 0, ran.stderr
    run("job", "create", "-f", "command.yml", "-n", "c", "--stream")
    yield run
    run("emulator", "stop", "--all")


@pytest.mark.slow
def test_show_draws_the_best_so_far(swept: Processes) -> None:
    ran = swept("job", "show", "s", "--plot", "-o", "none")
    assert ran.returncode == 0, ran.stderr
    assert "score (maximize): · best of a trial, ─ best so far" in ran.stderr
    assert "6 ┤" in ran.stderr


@pytest.mark.slow
def test_only_a_sweep_can_be_drawn_reported_or_handed_over(swept: Processes) -> None:
    for arguments in (
        ("show", "c", "--plot"),
        ("report", "c", "--format", "md"),
        ("export", "-n", "c", "--to", "mlruns"),
    ):
        ran = swept("job", *arguments)
        assert ran.returncode in (2, 5)
        assert "c is not a sweep, so it has no trials" in ran.stderr


@pytest.mark.slow
def test_a_report_is_written_in_the_form_of_its_name(swept: Processes) -> None:
    for name, mark in (("report.html", "<!doctype html>"), ("summary.md", "## Sweep s: Completed")):
        ran = swept("job", "report", "s", "-o", name)
        assert ran.returncode == 0, ran.stderr
        assert (swept.folder / name).read_text().startswith(mark)
    assert swept("job", "report", "s", "--format", "md").stdout.startswith("## Sweep s: Completed")
    assert "give -o report.html" in swept("job", "report", "s").stderr


@pytest.mark.slow
def test_the_trials_are_handed_to_other_tools(swept: Processes) -> None:
    for to, place in (("mlruns", "mlruns"), ("optuna", "s.db")):
        ran = swept("job", "export", "-n", "s", "--to", to)
        assert ran.returncode == 0, ran.stderr
        assert f"{place}: 3 trials; look at them with: " in ran.stderr
        assert (swept.folder / place).exists()


@pytest.mark.slow
def test_studio_prints_the_page_of_a_job_or_of_the_workspace(swept: Processes) -> None:
    document = json.loads(swept("job", "show", "s", "--raw").stdout)
    page = document["properties"]["services"]["Studio"]["endpoint"]
    shown = urlsplit(swept("studio", "s", "--no-browser").stdout.strip())
    home = urlsplit(swept("studio", "--no-browser").stdout.strip())
    assert (shown.path, shown.query) == urlsplit(page)[2:4]
    assert (shown.scheme, shown.hostname) == ("http", "127.0.0.1")  # no certificate that a browser does not know
    assert home[:2] == shown[:2]
    assert home.query.partition("&key=")[2] == shown.query.partition("&key=")[2]


def test_export_takes_the_name_of_a_job_as_other_verbs_do(amlet, emulator) -> None:
    emulator.put_job("c", "Completed")
    told = [amlet("job", "export", *name, "--to", "arm", "--emulator") for name in (("c",), ("-n", "c"))]
    assert [ran.code for ran in told] == [0, 0], told[0].err
    assert told[0].out == told[1].out
    assert amlet("job", "export", "c", "-n", "d", "--to", "arm", "--emulator").code == 2
