from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from contracts.lifecycle import JobStatus
from contracts.resource_id import WorkspaceId
from contracts.studio import job_url
from emulator.context import Emulator
from emulator.store import events, jobs, labels, metrics
from emulator.store.jobs import JobId, NewJob
from emulator.studio.pages import Studio

WS = WorkspaceId("s1", "rg", "ws")
Get = Callable[..., httpx.Response]
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def emulator(make_emulator: Callable[..., Emulator]) -> Emulator:
    return make_emulator()


def store(emulator: Emulator, name: str, **changes: Any) -> JobId:
    body = {"objective": {"goal": "Maximize", "primaryMetric": "acc"}}
    new = NewJob(WS, name, "Sweep", "exp", body, created=1000.0, created_by="me")
    fields = {field: getattr(new, field) for field in new.__slots__}
    return emulator.store.write(lambda conn: jobs.create(conn, NewJob(**{**fields, **changes}))).result()


def sweep_with_a_trial(emulator: Emulator) -> None:
    parent = store(emulator, "calm_fox")
    child = store(emulator, "calm_fox_0", type="Command", parent=parent, trial=0, parameters={"lr": 0.25}, body={})

    def run(conn: Any) -> None:
        events.move(conn, child, JobStatus.RUNNING, 1001.0)
        metrics.append(conn, child, [("acc", metrics.Point(0.5, 1002.0)), ("acc", metrics.Point(0.75, 1003.0, 1))])
        labels.merge(conn, parent, "property", {"best_child_run_id": "calm_fox_0"})

    emulator.store.write(run).result()


@pytest.fixture
def get(emulator: Emulator, ask: Callable[..., httpx.Response]) -> Callable[..., httpx.Response]:
    app = Starlette(routes=Studio(emulator).routes())
    return lambda url, **options: ask(app, "GET", url, **options)


def url_of(emulator: Emulator, job: str) -> str:
    return job_url("", WS, job) + f"&key={emulator.secrets.page_key}"


def test_the_page_of_a_sweep_shows_its_trials_parameters_and_best_metric(emulator: Emulator, get: Get) -> None:
    sweep_with_a_trial(emulator)
    answer = get(url_of(emulator, "calm_fox"))
    assert answer.status_code == 200
    assert "0.25" in answer.text
    assert '<tr class="best">' in answer.text
    assert "<strong>0.75</strong>" in answer.text


def test_the_page_of_a_trial_leads_back_to_its_sweep(emulator: Emulator, get: Get) -> None:
    sweep_with_a_trial(emulator)
    answer = get(url_of(emulator, "calm_fox_0"))
    assert 'href="/runs/calm_fox?wsid=' in answer.text


def test_a_page_without_its_key_is_refused_with_the_way_to_get_it(emulator: Emulator, get: Get) -> None:
    store(emulator, "calm_fox")
    answer = get(job_url("", WS, "calm_fox"))
    assert answer.status_code == 403
    assert "amlet job show NAME --web" in answer.text


def test_the_first_page_leaves_a_cookie_that_opens_the_next(emulator: Emulator, get: Get) -> None:
    store(emulator, "calm_fox")
    first = get(url_of(emulator, "calm_fox"))
    cookie = first.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    second = get(job_url("", WS, "calm_fox"), headers={"cookie": cookie.split(";")[0]})
    assert second.status_code == 200


def test_hostile_names_are_shown_as_text(emulator: Emulator, get: Get) -> None:
    store(emulator, "calm_fox", display_name=HOSTILE, description=HOSTILE, tags={HOSTILE: HOSTILE})
    answer = get(url_of(emulator, "calm_fox"))
    assert "<script" not in answer.text
    assert "&lt;script&gt;" in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_logs_are_shown_and_served_whole(emulator: Emulator, get: Get) -> None:
    store(emulator, "calm_fox")
    log = emulator.place.run_artifacts(WS, "calm_fox") / "user_logs" / "std_log.txt"
    log.parent.mkdir(parents=True)
    log.write_text("epoch 1 done\n")
    assert "epoch 1 done" in (get(url_of(emulator, "calm_fox"))).text
    url = url_of(emulator, "calm_fox").replace("/calm_fox?", "/calm_fox/files/user_logs/std_log.txt?")
    answer = get(url)
    assert answer.text == "epoch 1 done\n"
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"


def test_no_file_outside_the_run_is_served(emulator: Emulator, get: Get, tmp_path: Path) -> None:
    store(emulator, "calm_fox")
    (tmp_path / "secret").write_text("x")
    url = url_of(emulator, "calm_fox").replace("/calm_fox?", "/calm_fox/files/%2e%2e/%2e%2e/%2e%2e/%2e%2e/secret?")
    assert (get(url)).status_code == 404


def test_a_page_that_may_change_reloads_itself_and_a_final_one_does_not(emulator: Emulator, get: Get) -> None:
    job = store(emulator, "calm_fox")
    assert 'http-equiv="refresh"' in (get(url_of(emulator, "calm_fox"))).text
    emulator.store.write(lambda conn: events.move(conn, job, JobStatus.CANCELED, 1001.0)).result()
    assert 'http-equiv="refresh"' not in (get(url_of(emulator, "calm_fox"))).text


def test_the_home_page_lists_the_jobs_of_its_workspace(emulator: Emulator, get: Get) -> None:
    sweep_with_a_trial(emulator)
    answer = get(f"/?wsid=/subscriptions/s1/resourcegroups/rg/workspaces/ws&key={emulator.secrets.page_key}")
    assert answer.text.count('href="/runs/') == 1


def test_an_unknown_job_is_named_in_the_answer(emulator: Emulator, get: Get) -> None:
    answer = get(url_of(emulator, "nobody"))
    assert answer.status_code == 404
    assert "Job nobody not found" in answer.text
