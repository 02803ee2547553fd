"""No field of a job is ignored without a word."""

from __future__ import annotations

from pathlib import Path

from contracts.job_types import COMMAND, SWEEP
from contracts.rules.finding import Node
from contracts.rules.members import type_at
from emulator.unserved import UNSERVED, unserved

FIDELITY = Path(__file__).parents[2] / "docs" / "fidelity.md"


def test_what_does_nothing_is_named_with_its_place() -> None:
    body = {
        "notificationSetting": {"emails": ["a@b"]},
        "queueSettings": {"jobTier": "Spot", "priority": None},
        "inputs": {"d": {"jobInputType": "uri_file", "uri": "x", "pathOnCompute": "/mnt/d"}},
        "trial": {"resources": {"instanceCount": 1, "dockerArgs": "--ipc=host"}},
    }
    assert unserved(body) == (
        "notificationSetting does nothing here: nobody is notified",
        "queueSettings.jobTier does nothing here: jobs of all tiers are run alike",
        "trial.resources.dockerArgs does nothing here: arguments for Docker are not used",
        "inputs.d.pathOnCompute does nothing here: the input is where its binding says",
    )


def test_what_the_service_shows_of_nothing_is_not_named() -> None:
    body = {"services": {}, "queueSettings": {"jobTier": "Null", "priority": None}, "inputs": {"d": None}}
    assert unserved(body) == ()


def test_the_page_says_what_becomes_of_every_member_of_a_job() -> None:
    page = FIDELITY.read_text("utf-8").partition("### What becomes of each field")[2].partition("\n## ")[0]
    types = [
        type_at(COMMAND, (), Node({}, "$", [])),
        type_at(SWEEP, (), Node({}, "$", [])),
        type_at(SWEEP, ("trial",), Node({}, "$", [])),
        type_at(COMMAND, ("inputs", "*"), Node({"jobInputType": "uri_file"}, "$", [])),
        type_at(COMMAND, ("outputs", "*"), Node({"jobOutputType": "uri_file"}, "$", [])),
    ]
    members = {member for found in types if found for member in found.members}
    members |= {key for path in UNSERVED for key in path}
    assert sorted(member for member in members - {"*"} if f"`{member}`" not in page) == []
