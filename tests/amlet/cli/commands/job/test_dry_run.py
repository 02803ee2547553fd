"""`amlet job create --dry-run [--compare-sdk]`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from amlet.cli import sdk_comparison
from tests.amlet.cli.processes import Processes


def test_a_dry_run_prints_the_plan_and_submits_nothing(amlet, emulator, sweep) -> None:
    ran = amlet("job", "create", "-f", sweep, "--emulator", "--dry-run", "-n", "mine", "-o", "json")
    assert ran.code == 0
    plan = json.loads(ran.out)
    assert plan["submission"]["url"].endswith("/jobs/mine")
    assert [entry["reused"] for entry in plan["uploads"]] == [True]
    assert emulator.documents == {}
    assert {request.method for request in emulator.asked} == {"GET"}


def test_the_table_of_a_plan_is_its_text(amlet, emulator, sweep) -> None:
    ran = amlet("job", "create", "-f", sweep, "--emulator", "--dry-run", "-n", "mine", "-o", "table")
    assert "Would upload:" in ran.out
    assert "Would send: PUT" in ran.out


def test_a_dry_run_starts_no_emulator(amlet, sweep) -> None:
    ran = amlet("job", "create", "-f", sweep, "--emulator", "--dry-run")
    assert ran.code == 6
    assert "no emulator with state directory" in ran.err


def test_comparing_needs_a_dry_run(amlet, emulator, sweep) -> None:
    ran = amlet("job", "create", "-f", sweep, "--emulator", "--compare-sdk")
    assert (ran.code, emulator.documents) == (2, {})
    assert "--dry-run" in ran.err


def test_without_the_official_sdk_the_remedy_is_said(amlet, emulator, sweep, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sdk_comparison, "find_spec", lambda name: None)
    ran = amlet("job", "create", "-f", sweep, "--emulator", "--dry-run", "--compare-sdk")
    assert ran.code == 2
    assert "-m pip install azure-ai-ml" in ran.err
    assert emulator.asked == []


@pytest.mark.oracle
@pytest.mark.slow
def test_the_official_sdk_submits_the_same_with_more_requests(tmp_path: Path, sweep: Path) -> None:
    pytest.importorskip("azure.ai.ml")
    text = sweep.read_text() + "inputs:\n  data: {type: uri_file, path: my data.csv}\n  n: 3\ncompute: azureml:cpu\n"
    sweep.write_text(text.replace("environment: azureml:e:1", "environment: {image: 'python:3.11'}"))
    (sweep.parent / "my data.csv").write_text("1")
    run = Processes(tmp_path)
    try:
        assert run("emulator", "start", "--detach", "--port", "0", "--http-port", "0").returncode == 0
        ran = run("job", "create", "-f", str(sweep), "--dry-run", "--compare-sdk", "--set", "description=d")
        listed = run("job", "list", "--include-archived")
    finally:
        run("emulator", "stop")
    assert ran.returncode == 0, ran.stderr
    comparison = json.loads(ran.stdout)["comparison"]
    assert comparison["body"] == []
    assert comparison["counts"]["ours"] < comparison["counts"]["sdk"]
    assert all(entry["ours"] < entry["sdk"] for entry in comparison["requests"])
    assert json.loads(listed.stdout) == []
