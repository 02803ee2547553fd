"""Rules of inputs and outputs."""

from __future__ import annotations

import pytest

from contracts.resource_id import LONGEST_URI
from contracts.rules import check_job
from tests.contracts.rules.conftest import Check


@pytest.mark.parametrize("section", ["inputs", "outputs"])
@pytest.mark.parametrize(("length", "codes"), [(LONGEST_URI, []), (LONGEST_URI + 1, ["TooLong"])])
def test_an_address_has_a_longest_length(section: str, length: int, codes: list[str]) -> None:
    kind = "jobInputType" if section == "inputs" else "jobOutputType"
    entry = {kind: "uri_folder", "uri": "azureml://".ljust(length, "x")}
    properties = {"jobType": "Command", "command": "true", "environmentId": "azureml:e:1", section: {"x": entry}}
    assert [finding.code for finding in check_job({"properties": properties})] == codes


@pytest.mark.parametrize(
    ("path", "codes"),
    [
        ("azureml://datastores/d/paths/${{name}}/${{output_name}}/", []),
        ("azureml://datastores/${{default_datastore}}/paths/${{ name }}/", []),
        ("azureml://datastores/d/paths/${{nmae}}/", ["UnknownExpression"]),
        (None, []),
    ],
)
def test_expressions_that_nobody_replaces_are_pointed_out(path: str | None, codes: list[str]) -> None:
    outputs = {"o": {"jobOutputType": "uri_folder", "uri": path}}
    properties = {"jobType": "Command", "command": "true", "environmentId": "azureml:e:1", "outputs": outputs}
    assert [finding.code for finding in check_job({"properties": properties})] == codes


@pytest.mark.parametrize(
    ("path", "codes"), [("azureml://datastores/d/paths/fixed/", ["SharedOutput"]), ("azureml://x/${{name}}", [])]
)
def test_one_place_for_all_trials_of_a_sweep_is_pointed_out(check: Check, path: str, codes: list[str]) -> None:
    outputs = {"model": {"jobOutputType": "uri_folder", "uri": path}}
    assert [finding.code for finding in check(outputs=outputs)] == codes
