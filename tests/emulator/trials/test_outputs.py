"""Outputs, and where they lead."""

from __future__ import annotations

from pathlib import Path

import pytest

from contracts.arm.inputs_outputs import JobOutput
from emulator.executors.base import TrialRefused
from emulator.trials.outputs import data_outputs


def test_an_output_without_a_place_is_each_trials_own_and_made_anew(tmp_path: Path) -> None:
    (output,) = data_outputs({"o": JobOutput(job_output_type="uri_folder")}, lambda uri: None)
    path = output.make(tmp_path / "t")
    assert path == tmp_path / "t" / "o"
    (path / "leftover").touch()
    assert list(output.make(tmp_path / "t").iterdir()) == []


def test_an_output_with_a_place_is_kept(tmp_path: Path) -> None:
    entry = JobOutput(job_output_type="uri_file", uri="azureml://datastores/d/paths/f")
    (output,) = data_outputs({"o": entry}, lambda uri: tmp_path / "place" / "f")
    path = output.make(tmp_path / "t")
    path.write_text("written")
    assert output.make(tmp_path / "t").read_text() == "written"


def test_an_output_that_leads_nowhere_is_refused() -> None:
    entry = JobOutput(job_output_type="uri_file", uri="https://x/y")
    with pytest.raises(TrialRefused, match=r"outputs\.o: https://x/y is not a place on this machine"):
        data_outputs({"o": entry}, lambda uri: None)


def test_the_output_that_the_service_adds_is_not_the_trials() -> None:
    assert data_outputs({"default": JobOutput(job_output_type="uri_folder", uri="x")}, lambda uri: None) == []
