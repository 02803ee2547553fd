"""What a page may change: its own job, by its own token."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from starlette.requests import Request

from emulator.services.context import Emulator
from emulator.storage import assets, jobs, labels
from emulator.studio.access import cookie_name, may_change, page_token
from tests.emulator.studio import states
from tests.emulator.studio.states import WORKSPACE

Get = Callable[..., httpx.Response]
Url = Callable[..., str]


@pytest.fixture(autouse=True)
def running(emulator: Emulator) -> None:
    states.write(emulator.store, states.sweep, "calm_fox", emulator.clock.now(), trials=4, running=2, seed=11)
    states.write(emulator.store, states.sweep, "other", 1000.0, trials=4)


@pytest.fixture
def change(emulator: Emulator, get: Get, url_of: Url) -> Callable[..., httpx.Response]:
    """Do something to a job as its page does it; headers can be replaced, or left out with None."""

    def post(action: str, name: str = "calm_fox", fields: Any = None, **headers: str | None) -> httpx.Response:
        page = get(url_of("calm_fox"))
        token = re.search(r'data-token="([^"]+)"', page.text)
        assert token
        sent = {"X-Amlet-Page-Token": token[1], "Cookie": page.headers["set-cookie"].partition(";")[0]} | headers
        address = url_of(name).partition("&key=")[0].replace(f"/runs/{name}", f"/_amlet/studio/jobs/{name}/{action}")
        kept = {key: value for key, value in sent.items() if value is not None}
        return get(address, "POST", headers=kept, json=fields or {})

    return post


def stored(emulator: Emulator, name: str = "calm_fox") -> Any:
    return jobs.find(emulator.store.reader(), WORKSPACE, name)


def test_a_job_is_canceled_from_its_page(emulator: Emulator, change: Any) -> None:
    assert change("cancel").status_code == 202
    assert stored(emulator).status == "CancelRequested"
    assert emulator.job_runner.canceled == [stored(emulator).id]  # type: ignore[attr-defined]


def test_a_job_is_archived_and_restored_from_its_page(emulator: Emulator, change: Any) -> None:
    assert change("archive").status_code == 200
    assert stored(emulator).archived
    assert change("restore").status_code == 200
    assert not stored(emulator).archived


def test_what_cannot_be_canceled_is_refused_with_the_reason(emulator: Emulator, change: Any, get: Get) -> None:
    change("cancel")
    emulator.store.write(
        lambda conn: states.events.move(conn, stored(emulator).id, states.JobStatus.CANCELED, 2000.0)
    ).result()
    answer = change("cancel")
    assert answer.status_code == 400
    assert "Canceled" in answer.json()["message"]


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"X-Amlet-Page-Token": None}, id="no token"),
        pytest.param({"X-Amlet-Page-Token": "480000.0123"}, id="a made-up token"),
        pytest.param({"X-Amlet-Page-Token": "1" * 5000}, id="a long token"),
        pytest.param({"X-Amlet-Page-Token": "²." + "0" * 64}, id="a digit that is none"),
        pytest.param({"Cookie": None}, id="no cookie"),
        pytest.param({"Cookie": "amlet_https_0123456789ab=0123"}, id="another cookie"),
        pytest.param({"Origin": "https://evil.example"}, id="from another site"),
        pytest.param({"Sec-Fetch-Site": "cross-site"}, id="sent by another site"),
        pytest.param({"Sec-Fetch-Site": "same-site"}, id="sent from another port"),
    ],
)
def test_nobody_else_changes_a_job(emulator: Emulator, change: Any, headers: dict[str, str | None]) -> None:
    if "²" in str(headers):
        headers = {key: (value or "").encode() for key, value in headers.items()}  # type: ignore[misc]
    assert change("cancel", **headers).status_code == 403
    assert stored(emulator).status == "Running"


def test_the_key_in_an_address_is_not_enough_to_change_a_job(emulator: Emulator, get: Get, url_of: Url) -> None:
    address = url_of("calm_fox").replace("/runs/calm_fox", "/_amlet/studio/jobs/calm_fox/cancel")
    assert get(address, "POST").status_code == 403
    assert stored(emulator).status == "Running"


def test_the_token_of_one_page_is_none_for_another_job(emulator: Emulator, change: Any) -> None:
    assert change("archive", "other").status_code == 403
    assert not stored(emulator, "other").archived


def test_a_token_is_good_for_a_day(emulator: Emulator) -> None:
    secret, key = emulator.secrets.page_action_key, emulator.secrets.page_key
    token = page_token(secret, WORKSPACE, "calm_fox", 3600.0 * 100)

    def allowed(hour: float) -> bool:
        headers = [(b"host", b"127.0.0.1"), (b"x-amlet-page-token", token.encode())]
        scope = {"type": "http", "headers": headers, "query_string": b"", "path": "/", "scheme": "https"}
        headers.append((b"cookie", f"{cookie_name(Request(scope), key)}={key}".encode()))
        request = Request(scope)
        return may_change(request, key, secret, WORKSPACE, "calm_fox", hour * 3600)

    assert allowed(100)
    assert allowed(124.5)
    assert not allowed(125)
    assert not allowed(99)


def test_a_job_is_run_again_from_its_page_with_the_same_seed(emulator: Emulator, change: Any) -> None:
    answer = change("rerun")
    assert answer.status_code == 201
    name = answer.json()["open"].partition("?")[0].removeprefix("/runs/")
    assert stored(emulator, name).seed == stored(emulator).seed
    assert stored(emulator, name).body["searchSpace"] == stored(emulator).body["searchSpace"]
    assert emulator.job_runner.submitted == [stored(emulator, name).id]  # type: ignore[attr-defined]


def test_a_clone_is_the_same_job_under_another_name(emulator: Emulator, change: Any) -> None:
    name = change("clone").json()["open"].partition("?")[0].removeprefix("/runs/")
    assert name != "calm_fox"
    assert stored(emulator, name).body["trial"] == stored(emulator).body["trial"]


def test_a_job_that_has_ended_is_deleted_from_its_page(emulator: Emulator, change: Any) -> None:
    assert change("delete").status_code == 400
    emulator.store.write(
        lambda conn: states.events.move(conn, stored(emulator).id, states.JobStatus.CANCELED, 2000.0)
    ).result()
    assert change("delete").json()["open"].startswith("/?wsid=")
    assert stored(emulator) is None


def test_name_description_and_tags_are_edited_from_its_page(emulator: Emulator, change: Any) -> None:
    fields = {"name": "Fox", "description": "calm", "tags": "team = audio\n\nnew"}
    assert change("edit", fields=fields).status_code == 200
    job = stored(emulator)
    assert (job.display_name, job.description) == ("Fox", "calm")
    tags = labels.of(emulator.store.reader(), job.id, "tag")
    assert (tags["team"], tags["new"], tags["dataset"]) == ("audio", "", "imagenet-1k")


def test_the_best_model_is_registered_from_the_page_of_its_sweep(emulator: Emulator, change: Any) -> None:
    best = labels.of(emulator.store.reader(), stored(emulator).id, "property")["best_child_run_id"]
    states.log(emulator.place.run_artifacts(WORKSPACE, best), "weights", "outputs/model/weights.bin")
    for version in ("1", "2"):
        answer = change("register", fields={"name": "net", "path": "outputs/model"})
        assert answer.json() == {"said": f"Registered as net, version {version}."}
    kept = assets.get(emulator.store.reader(), WORKSPACE, "models", "net", "2")
    assert kept is not None
    assert kept.document["jobName"] == best


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"name": "net", "path": "outputs/nothing"}, "Nothing is there"),
        ({"name": "", "path": "outputs"}, "Give the model a name"),
        ({"name": 3}, "cannot be understood"),
    ],
)
def test_what_is_not_a_model_is_refused_with_the_reason(change: Any, fields: Any, message: str) -> None:
    answer = change("register", fields=fields)
    assert answer.status_code == 400
    assert message in answer.json()["message"]
