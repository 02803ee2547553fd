"""Outputs, and where they lead."""

from __future__ import annotations

from pathlib import Path

import pytest

from contracts.arm.inputs_outputs import JobOutput
from emulator.executors.base import TrialRefused
from emulator.trials.outputs import data_outputs, expanded_uri, outputs_of_trial


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


@pytest.mark.parametrize(
    ("uri", "own", "expanded"),
    [
        ("azureml://d/${{name}}/${{output_name}}/", True, "azureml://d/s_0/model/"),
        ("azureml://d/${{ name }}", True, "azureml://d/s_0"),
        (
            "azureml://datastores/${{default_datastore}}/paths/x/",
            False,
            "azureml://datastores/workspaceblobstore/paths/x/",
        ),
        ("azureml://d/fixed/", True, "azureml://d/fixed/s_0/"),
        ("azureml://d/fixed/m.pkl", True, "azureml://d/fixed/s_0/m.pkl"),
        ("azureml://d/fixed/", False, "azureml://d/fixed/"),
        ("azureml://d/${{other}}", False, "azureml://d/${{other}}"),
    ],
)
def test_expressions_in_a_path_are_replaced(uri: str, own: bool, expanded: str) -> None:
    assert expanded_uri(uri, "model", "s_0", is_own=own) == expanded


def test_trials_write_where_their_bodies_say(tmp_path: Path) -> None:
    for uri in ("azureml://fixed/", "azureml://out/${{name}}/${{output_name}}/", "azureml://fixed/m.pkl"):
        kind = "uri_file" if uri.endswith("pkl") else "uri_folder"
        (output,) = data_outputs(
            {"o": JobOutput(job_output_type=kind, uri=uri)},
            lambda text: tmp_path / text.removeprefix("azureml://"),
            is_own=True,
        )
        written = {output.make(tmp_path / trial) for trial in ("s_0", "s_1")}
        bodies = [outputs_of_trial({"o": {"uri": uri}}, trial, is_own=True)["o"] for trial in ("s_0", "s_1")]
        assert written == {tmp_path / one["uri"].removeprefix("azureml://") for one in bodies}
        assert len(written) == 2


def test_only_the_users_outputs_of_a_trial_are_its_own() -> None:
    given = {"default": {"uri": "azureml://artifacts/dcid.s"}, "none": None, "plain": {"jobOutputType": "uri_folder"}}
    assert outputs_of_trial(given, "s_0", is_own=True) == given
