"""What the official client's list of jobs can be narrowed to."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.services.context import Emulator
from tests.emulator.clients.test_jobs import a_sweep

pytestmark = pytest.mark.oracle


def names(jobs: Any) -> list[str]:
    return [job.name for job in jobs]


@pytest.fixture
def two_sweeps(ml_client: Any) -> Any:
    """A client with two sweeps, one of them archived and tagged."""
    for name in ("shown", "hidden"):
        job = a_sweep(name)
        job.tags = {"team": name}
        ml_client.jobs.create_or_update(job)
    ml_client.jobs.archive("hidden")
    return ml_client


@pytest.mark.parametrize(
    ("view", "expected"),
    [("ACTIVE_ONLY", ["shown"]), ("ARCHIVED_ONLY", ["hidden"]), ("ALL", ["hidden", "shown"])],
)
def test_archived_jobs_are_in_the_lists_that_ask_for_them(two_sweeps: Any, view: str, expected: list[str]) -> None:
    from azure.ai.ml.constants import ListViewType

    assert names(two_sweeps.jobs.list(list_view_type=ListViewType[view])) == expected


def test_a_restored_job_is_listed_again(two_sweeps: Any) -> None:
    two_sweeps.jobs.restore("hidden")
    assert names(two_sweeps.jobs.list()) == ["hidden", "shown"]


def test_a_filter_holds_over_all_pages(ml_client: Any, emulator: Emulator) -> None:
    wanted = [f"w{number}" for number in range(emulator.settings.page_size + 1)]
    for name in wanted:
        job = a_sweep(name)
        job.tags = {"team": "wanted"}
        ml_client.jobs.create_or_update(job)
        ml_client.jobs.create_or_update(a_sweep(f"other-{name}"))
    # The client's own list offers no filter by tag, its generated operations below do.
    listed = ml_client.jobs._operation_2023_02_preview.list("group", "workspace", tag="team")
    assert [job.name for job in listed] == wanted[::-1]


def test_children_of_a_job_without_any_are_none(ml_client: Any) -> None:
    ml_client.jobs.create_or_update(a_sweep("parent"))
    assert list(ml_client.jobs.list(parent_job_name="parent")) == []
