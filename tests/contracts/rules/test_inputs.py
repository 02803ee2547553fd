"""Rules of inputs and outputs."""

from __future__ import annotations

import pytest

from contracts.resource_id import LONGEST_URI
from contracts.rules import check_job


@pytest.mark.parametrize("section", ["inputs", "outputs"])
@pytest.mark.parametrize(("length", "codes"), [(LONGEST_URI, []), (LONGEST_URI + 1, ["TooLong"])])
def test_an_address_has_a_longest_length(section: str, length: int, codes: list[str]) -> None:
    kind = "jobInputType" if section == "inputs" else "jobOutputType"
    entry = {kind: "uri_folder", "uri": "azureml://".ljust(length, "x")}
    properties = {"jobType": "Command", "command": "true", "environmentId": "azureml:e:1", section: {"x": entry}}
    assert [finding.code for finding in check_job({"properties": properties})] == codes
