"""The members that newer api-versions know are those of the published definitions."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from contracts.rules.finding import Node
from contracts.rules.members import MEMBERS, unknown_members


@pytest.mark.oracle
def test_the_table_is_that_of_the_definitions(corpus: Path) -> None:
    text = (corpus / "openapi" / "machinelearning_2025-12-01_selfcontained.json").read_text()
    definitions = json.loads(text)["definitions"]
    for name, members in MEMBERS.items():
        more = {"parentJobName"} if name in ("CommandJob", "SweepJob") else set()
        assert members == set(definitions[name]["properties"]) | more, name


def test_each_place_of_a_member_has_its_own_position() -> None:
    output = {"jobOutputType": "uri_folder", "assetVersion": "1"}
    body = {"properties": {"jobType": "Command", "outputs": {"a": output, "b": output}}}
    found = unknown_members(Node(body, "$", []), "2025-01-01-preview")
    text = json.dumps(body)
    first = text.index('"assetVersion"') + len('"assetVersion"')
    assert [one.position for one in found] == [first, text.index('"assetVersion"', first) + len('"assetVersion"')]


def test_earlier_versions_keep_what_they_do_not_know() -> None:
    body = {"properties": {"jobType": "Command", "nonsense": 1}}
    assert unknown_members(Node(body, "$", []), "2024-01-01-preview") == []
    assert unknown_members(Node(body, "$", []), "2024-10-01") == []
