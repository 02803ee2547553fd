"""The submission body: names and defaults that the official client adds."""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import Any

import pytest

from gateway import command
from gateway.entities import CommandJob
from gateway.serialization.arm.submission import experiment_of, generate_job_name, submission


def a_job(**arguments: Any) -> CommandJob:
    return CommandJob(command="echo hello", environment="e:1", **arguments)


def test_what_is_missing_is_made_up() -> None:
    name, body = submission(a_job(), folder=Path("/home/ann/my project"), make_name=lambda: "brave_fox_1")
    properties = body["properties"]
    assert (name, properties["displayName"], properties["experimentName"]) == (
        "brave_fox_1",
        "brave_fox_1",
        "myproject",
    )


def test_what_is_given_stays() -> None:
    job = a_job(name="n", display_name="d", experiment_name="e")
    name, body = submission(job, folder=Path("/x"))
    assert (name, body["properties"]["displayName"], body["properties"]["experimentName"]) == ("n", "d", "e")


def test_the_display_name_is_the_name_of_a_node_in_lower_case() -> None:
    name, body = submission(command(command="x", environment="e:1", name="Upper"), folder=Path("/x"))
    assert (name, body["properties"]["displayName"]) == ("upper", "upper")


@pytest.mark.parametrize(
    ("folder", "experiment"), [("/home/me/a b c", "abc"), ("/home/me/data.v2", "data"), ("/", "Default")]
)
def test_the_experiment_is_called_after_the_folder(folder: str, experiment: str) -> None:
    assert experiment_of(Path(folder)) == experiment


def test_ids_come_from_the_resolver() -> None:
    def resolve(body: dict[str, Any]) -> dict[str, Any]:
        return {"properties": {**body["properties"], "environmentId": "/resolved"}}

    _, body = submission(a_job(), folder=Path("/x"), resolve=resolve)
    assert body["properties"]["environmentId"] == "/resolved"


def test_made_up_names_have_the_official_form_and_differ() -> None:
    names = {generate_job_name() for _ in range(50)}
    assert len(names) == 50
    assert all(re.fullmatch(r"[a-z]+_[a-z]+_[bcdfghjklmnpqrstvwxyz0-9]{10}", name) for name in names)


def test_made_up_names_can_be_repeated_from_a_seed() -> None:
    assert generate_job_name(random.Random(1)) == generate_job_name(random.Random(1))
