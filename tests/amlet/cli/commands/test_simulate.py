"""`amlet simulate`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from amlet.cli.commands import simulate
from emulator.simulation.comparison import compare_policies

OBJECTIVE = "def curve(x):\n    return [x + 1 / (step + 1) for step in range(20)]\n"
BANDIT = "early_termination: {type: bandit, slack_factor: 0.05, evaluation_interval: 1, delay_evaluation: 2}\n"


@pytest.fixture
def objective(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A module beside the job file, of a name that no other test imports."""
    name = f"objective_{tmp_path.name}"
    (tmp_path / f"{name}.py").write_text(OBJECTIVE)
    monkeypatch.setattr("sys.path", sys.path.copy())
    yield f"{name}:curve"
    sys.modules.pop(name, None)


def test_a_sweep_is_played_under_its_own_policy(amlet, sweep: Path, objective: str) -> None:
    sweep.write_text(sweep.read_text() + BANDIT)
    ran = amlet("simulate", "-f", sweep, "--objective", objective, "--set", "limits.max_concurrent_trials=1")
    assert ran.code == 0, ran.err
    [result] = json.loads(ran.out)
    assert (result["policy"], result["status"], result["trials"]) == ("bandit", "Completed", 4)
    assert result["early_termination"]["slackFactor"] == 0.05
    assert result["best"] == pytest.approx(result["parameters"]["x"] + 1 / 20)
    assert result["trial_hours"] + result["saved_hours"] == pytest.approx(4 * 20 / 3600)


def test_policies_side_by_side_meet_the_same_trials(amlet, sweep: Path, objective: str) -> None:
    sweep.write_text(sweep.read_text() + BANDIT)
    run = ("simulate", "-f", sweep, "--objective", objective, "--compare", "bandit,median,truncation,none")
    ran = amlet(*run, "--seed", "3", "--set", "limits={max_total_trials: 40, max_concurrent_trials: 4}")
    results = {result["policy"]: result for result in json.loads(ran.out)}
    assert list(results) == ["bandit", "median", "truncation", "none"]
    assert results["bandit"]["early_termination"]["slackFactor"] == 0.05, "its own parameters"
    assert results["truncation"]["early_termination"]["truncationPercentage"] == 20
    assert results["none"]["stopped"] == results["none"]["saved_hours"] == 0
    assert all(results[name]["stopped"] > 0 for name in ("bandit", "median", "truncation"))
    hours = [result["trial_hours"] + result["saved_hours"] for result in results.values()]
    assert hours == pytest.approx([800 / 3600] * 4)
    assert len({result["best_trial"] for result in results.values()}) == 1


def test_sampling_algorithms_side_by_side_meet_the_same_objective(amlet, sweep: Path, objective: str) -> None:
    run = (
        "simulate",
        "-f",
        sweep,
        "--objective",
        objective,
        "--compare-sampling",
        "random,sobol,bayesian",
        "--seed",
        "3",
    )
    ran = amlet(*run, "--set", "limits={max_total_trials: 40, max_concurrent_trials: 1}")
    assert ran.code == 0, ran.err
    results = {result["sampling"]: result for result in json.loads(ran.out)}
    assert list(results) == ["random", "sobol", "bayesian"]
    assert {result["policy"] for result in results.values()} == {"none"}
    for result in results.values():
        assert result["trials"] == 40
        assert result["best"] == pytest.approx(result["parameters"]["x"] + 1 / 20)
    assert len({result["best"] for result in results.values()}) == 3, "each draws trials of its own"


def test_a_space_that_an_algorithm_cannot_sample_is_refused(amlet, sweep: Path, objective: str) -> None:
    ran = amlet("simulate", "-f", sweep, "--objective", objective, "--compare-sampling", "random,grid")
    assert ran.code != 0
    assert "--compare-sampling: grid" in ran.err


def test_the_seed_decides_the_trials(amlet, sweep: Path, objective: str) -> None:
    run = ("simulate", "-f", sweep, "--objective", objective, "--query", "[0].parameters.x")
    bests = [amlet(*run, "--seed", seed).out for seed in ("1", "1", "2")]
    assert bests[0] == bests[1] != bests[2]


def test_recorded_curves_stand_for_the_trials_in_their_order(amlet, sweep: Path, tmp_path: Path) -> None:
    rows = [f"t{trial},{step},{trial + step / 10},{step * 1800},loss" for trial in (3, 1, 2) for step in (1, 2)]
    (tmp_path / "curves.csv").write_text("trial,step,value,time,metric\n" + "\n".join(rows))
    run = ("simulate", "-f", sweep, "--curves", "curves.csv", "--set")
    [result] = json.loads(amlet(*run, "limits.max_total_trials=3").out)
    assert (result["best_trial"], result["best"], result["trial_hours"]) == (1, 1.1, 3.0)
    ran = amlet(*run, "limits.max_total_trials=5")
    assert ran.code == 5
    assert "trial 3 has no recorded curve; there are 3, lower max_total_trials" in ran.err


def test_people_get_a_table(sweep: Path, objective: str) -> None:
    sweep.write_text(sweep.read_text() + BANDIT)
    curve_of, _ = simulate._curves(objective, None, "loss", sweep)
    results = compare_policies(simulate._body(sweep, []), curve_of, ["none", "bandit"])
    heading, _, none, bandit = simulate._people(results, "loss").splitlines()
    assert heading.split()[:7] == ["policy", "sampling", "status", "trials", "stopped", "failed", "best"]
    assert none.split()[:6] == ["none", "random", "Completed", "4", "0", "0"]
    assert "0 (0%)" in none
    assert bandit.split()[0] == "bandit"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ([], "give either --objective MODULE:FUNCTION or --curves FILE"),
        (["--objective", "curve"], "--objective 'curve': expected MODULE:FUNCTION, such as train:objective"),
        (["--objective", "nowhere:curve"], "ModuleNotFoundError: No module named 'nowhere'"),
        (["--objective", "bad:curve"], "cannot import bad from"),
        (["--objective", "good:missing"], "--objective good:missing: module good has no function 'missing'"),
        (["--objective", "good:raises"], "--objective good:raises: trial 0 (x="),
        (["--objective", "good:text"], "TypeError"),
        (["--objective", "good:leaves"], "--objective good:leaves: trial 0 (x="),
        (["--objective", "good:other"], "unexpected keyword argument 'x'"),
        (["--curves", "none.csv"], "--curves none.csv: there is no such file"),
        (["--curves", "other.csv"], "no row has the metric 'loss'; check the column metric"),
        (["--curves", "columns.csv"], "no column step; needed are trial, step and value"),
        (["--objective", "good:text", "--compare", "hyperband"], "no policy 'hyperband'; there are bandit, median"),
        (
            ["--objective", "good:text", "--compare-sampling", "halton"],
            "no sampling algorithm 'halton'; there are random",
        ),
        (["--objective", "good:text", "--compare", "none", "--compare-sampling", "random"], "a comparison changes one"),
        (["--objective", "good:text", "--set", "limits.max_total_trials=0"], "maxTotalTrials"),
    ],
)
def test_bad_input_is_one_clear_message(
    amlet, sweep: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: list[str], message: str
) -> None:
    monkeypatch.setattr("sys.path", sys.path.copy())
    for name in ("good", "bad"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    (tmp_path / "bad.py").write_text("1 / 0")
    (tmp_path / "good.py").write_text(
        "def raises(x): raise RuntimeError('boom')\ndef text(x): return [None]\ndef other(y): return y\n"
        "def leaves(x): raise SystemExit(3)\n"
    )
    (tmp_path / "other.csv").write_text("trial,step,value,metric\n0,1,2,accuracy\n")
    (tmp_path / "columns.csv").write_text("trial,value\n0,1\n")
    ran = amlet("simulate", "-f", sweep, *options)
    assert ran.code in (2, 5)
    assert ran.out == ""
    assert message in ran.err
    assert "Traceback" not in ran.err


def test_a_command_job_cannot_be_simulated(amlet, tmp_path: Path) -> None:
    (tmp_path / "command.yml").write_text("type: command\ncommand: 'true'\nenvironment: azureml:e:1\n")
    ran = amlet("simulate", "-f", "command.yml", "--objective", "a:b")
    assert ran.code == 2
    assert "only sweeps can be simulated" in ran.err
