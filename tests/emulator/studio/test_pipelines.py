"""The page of a pipeline: its graph, its steps, and why some did not run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from contracts.lifecycle import JobStatus
from contracts.local_choices import SIMULATED
from emulator.services.context import Emulator
from emulator.storage import events, jobs
from emulator.storage.jobs import JobId
from emulator.studio.charts.gantt import lanes
from emulator.studio.charts.graph import drawn
from tests.emulator.studio import states

Get = Callable[..., httpx.Response]
Url = Callable[..., str]


def node(*producers: str) -> dict[str, Any]:
    inputs = {f"i{number}": {"value": f"${{{{parent.jobs.{one}.outputs.o}}}}"} for number, one in enumerate(producers)}
    return {"type": "command", "componentId": states.WORKSPACE.child("components", "c", "1"), "inputs": inputs}


@pytest.fixture
def failed(emulator: Emulator) -> None:
    """A pipeline whose second step failed, so that the third never ran."""
    body = {"jobType": "Pipeline", "jobs": {"load": node(), "fit<b>": node("load"), "judge": node("fit<b>")}}
    whole: JobId = states.write(emulator.store, states.job, "night", 1000.0, type="Pipeline", body=body)
    for place, (name, status) in enumerate((("load", JobStatus.COMPLETED), ("fit<b>", JobStatus.FAILED))):
        own = {"jobType": "Command", "command": "true", "environmentId": "e:1"}
        step = states.write(
            emulator.store, states.job, f"run-{place}", 1001.0 + place, type="Command", body=own, parent=whole,
            trial=place, display_name=name,
        )  # fmt: skip
        for to in (JobStatus.RUNNING, *((JobStatus.FINALIZING,) if status is JobStatus.COMPLETED else ()), status):
            emulator.store.write(
                lambda conn, step=step, to=to, at=1002.0 + place: events.move(conn, step, to, at)
            ).result()


def test_the_page_draws_each_step_with_its_state_and_leads_to_it(failed: None, get: Get, url_of: Url) -> None:
    text = get(url_of("night")).text
    assert 'class="step Completed"' in text
    assert 'class="step Failed"' in text
    assert 'class="step skipped"' in text
    assert 'href="/runs/run-1?wsid=' in text
    assert "a step that it needs did not complete: fit&lt;b&gt;" in text


@pytest.mark.parametrize("tab", ["overview", "logs", "outputs", "timeline", "definition"])
def test_every_tab_of_a_pipeline_opens(failed: None, get: Get, url_of: Url, tab: str) -> None:
    assert get(url_of("night", f"&tab={tab}")).status_code == 200


@pytest.mark.parametrize("tab", ["overview", "metrics", "logs", "timeline", "definition"])
def test_every_tab_of_a_step_opens_and_leads_back(failed: None, get: Get, url_of: Url, tab: str) -> None:
    answer = get(url_of("run-0", f"&tab={tab}"))
    assert answer.status_code == 200
    assert 'href="/runs/night?wsid=' in answer.text


def test_a_step_is_drawn_behind_those_that_it_needs() -> None:
    graph = drawn({"c": ["a", "b"], "a": [], "b": ["a"], "apart": []})
    place = {box.name: box for box in graph.boxes}
    assert place["a"].x == place["apart"].x < place["b"].x < place["c"].x
    assert {(line.source, line.target) for line in graph.lines} == {("a", "c"), ("b", "c"), ("a", "b")}


def test_no_two_steps_are_drawn_over_each_other() -> None:
    names = [f"s{number}" for number in range(200)]
    graph = drawn({name: names[max(0, number - 5) : number : 2] for number, name in enumerate(names)})
    assert len({(box.x, box.y) for box in graph.boxes}) == 200
    assert max(box.x for box in graph.boxes) < graph.width


def test_the_timeline_has_a_row_for_each_step_in_the_order_in_which_they_began(emulator: Emulator) -> None:
    ways = {"load": JobStatus.COMPLETED, "fit": JobStatus.FAILED, "judge": None}
    whole = states.write(emulator.store, states.pipeline, "p", 1000.0, ways)
    steps = jobs.children(emulator.store.reader(), whole)
    rows = lanes(steps[::-1], 1000.0, 1020.0)
    assert [row.run.display_name for row in rows] == ["load", "fit"]
    assert [(row.made, row.began, row.ended) for row in rows] == [(0.0, 0.05, 0.2), (0.25, 0.3, 0.45)]


def test_a_step_that_still_runs_reaches_to_the_end_of_the_timeline(emulator: Emulator) -> None:
    whole = states.write(emulator.store, states.pipeline, "p", 1000.0, {"load": JobStatus.RUNNING})
    [row] = lanes(jobs.children(emulator.store.reader(), whole), 1000.0, 1002.0)
    assert (row.began, row.ended) == (0.5, 1.0)


def test_the_list_of_jobs_counts_steps_and_marks_what_is_simulated(emulator: Emulator, get: Get) -> None:
    ways = {"load": JobStatus.COMPLETED, "fit": JobStatus.RUNNING}
    states.write(emulator.store, states.pipeline, "p", 1000.0, ways, properties={SIMULATED: "true"})
    query = f"?wsid={states.WORKSPACE}&key={emulator.secrets.page_key}&type=Pipeline"
    text = get(f"/{query}").text
    assert "1 / 2" in text
    assert 'class="tag simulated"' in text
