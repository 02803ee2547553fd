"""The keys of the pages: one in links, which can be rotated, and ones that are good once; a browser keeps neither."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from emulator.app import app_of
from emulator.identity.secrets import Secrets
from emulator.services.context import Emulator
from emulator.services.jobs.jobs import JobService
from emulator.storage import Database
from tests.emulator.studio import states
from tests.emulator.studio.states import WORKSPACE

Get = Callable[..., httpx.Response]


@pytest.fixture(autouse=True)
def _job(emulator: Emulator) -> None:
    states.write(emulator.store, states.job, "calm_fox", 1000.0)


def page(key: str) -> str:
    return f"/runs/calm_fox?wsid={WORKSPACE}&key={key}"


def kept(answer: httpx.Response) -> dict[str, str]:
    """What a browser sends after an answer."""
    ((name, session),) = answer.cookies.items()
    return {"Cookie": f"{name}={session}"}


def control(emulator: Emulator, ask: Callable[..., httpx.Response], path: str, **headers: str) -> httpx.Response:
    headers = headers or {"Authorization": f"Bearer {emulator.tokens.issue(emulator.place.https_origin)}"}
    return ask(app_of(emulator), "POST", f"/_amlet/page-key/{path}", headers=headers)


def test_what_a_browser_keeps_is_not_a_key(emulator: Emulator, get: Get) -> None:
    answer = get(page(emulator.secrets.page_key))
    ((name, session),) = answer.cookies.items()
    assert emulator.secrets.page_key not in answer.headers["set-cookie"]
    assert get(page("")).status_code == 403
    assert get(page(""), headers={"Cookie": f"{name}={session}"}).status_code == 200
    assert get(page(session)).status_code == 403
    assert get(page(""), headers={"Cookie": f"{name}={emulator.secrets.page_key}"}).status_code == 403


def test_a_session_ends_with_the_process_and_a_link_does_not(tmp_path: Path) -> None:
    store = Database.open(tmp_path / "other.db")
    first, second = Secrets.kept_in(store), Secrets.kept_in(store)
    store.close()
    assert first.page_key == second.page_key
    assert first.page_session != second.page_session


def test_a_one_time_key_opens_one_page_once(emulator: Emulator, get: Get, ask: Get) -> None:
    given = control(emulator, ask, "once")
    assert given.status_code == 201
    key = given.json()["key"]
    assert given.json()["origin"] == emulator.place.http_origin
    assert key != emulator.secrets.page_key
    opened = get(page(key))
    assert opened.status_code == 200
    assert get(page(key)).status_code == 403
    assert get(page(""), headers=kept(opened)).status_code == 200


def test_a_one_time_key_is_good_for_a_minute(emulator: Emulator) -> None:
    secrets = emulator.secrets
    key, late = secrets.new_one_time_key(1000.0), secrets.new_one_time_key(1000.0)
    assert secrets.spend(key, 1060.0)
    assert not secrets.spend(late, 1060.1)
    assert not secrets.spend("", 0.0)


def test_after_a_rotation_older_links_sessions_and_one_time_keys_open_nothing(
    emulator: Emulator, get: Get, ask: Get
) -> None:
    old = emulator.secrets.page_key
    document = bytes(JobService(emulator).get(WORKSPACE, "calm_fox"))
    assert f"&key={old}".encode() in document
    headers, once = kept(get(page(old))), control(emulator, ask, "once").json()["key"]
    assert control(emulator, ask, "rotate").status_code == 204
    new = emulator.secrets.page_key
    assert new != old
    assert get(page(old)).status_code == 403
    assert get(page(once)).status_code == 403
    assert get(page(""), headers=headers).status_code == 403
    assert get(page(new)).status_code == 200
    assert bytes(JobService(emulator).get(WORKSPACE, "calm_fox")) == document.replace(old.encode(), new.encode())
    assert Secrets.kept_in(emulator.store).page_key == new


@pytest.mark.parametrize("path", ["once", "rotate"])
def test_only_who_has_a_token_of_the_control_plane_gets_or_rotates_a_key(
    emulator: Emulator, ask: Get, path: str
) -> None:
    assert control(emulator, ask, path, Accept="*/*").status_code == 401
    run = emulator.tokens.issue_for_run("calm_fox", lifetime=60)
    assert control(emulator, ask, path, Authorization=f"Bearer {run}").status_code == 403
