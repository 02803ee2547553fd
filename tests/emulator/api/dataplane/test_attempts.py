"""The calls of workers: lease, files, heartbeats, logs, outputs and the end of one attempt, and who is refused."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from contracts.lifecycle import JobStatus
from emulator.app import app_of
from emulator.executors.base import Exit
from emulator.executors.leases import Leases
from emulator.services.context import Emulator
from emulator.storage import events
from emulator.storage.attempts import AttemptState, attempt_id
from tests.emulator.attempt_site import CODE, HELD, WORKSPACE, Site, Told, code_of, every_call


@pytest.fixture
def site(make_emulator: Callable[..., Emulator], tmp_path: Path, ask: Callable[..., httpx.Response]) -> Any:
    site = Site(make_emulator(), tmp_path, ask)
    yield site
    site.emulator.leases.close()


def test_a_lease_tells_the_worker_all_that_it_needs_and_the_store_where_the_attempt_runs(site: Site) -> None:
    told = site.lease().json()
    assert (told["run"], told["number"], told["command"]) == ("train", 1, ["python", "train.py"])
    assert (told["heartbeat_seconds"], told["lease_seconds"], told["offline_seconds"]) == (2.0, 30.0, 600.0)
    assert told["environment"] == {"A": "{{folder}}"}
    assert told["files"] == [{"path": "train.py", "sha256": hashlib.sha256(CODE).hexdigest(), "size": 13, "mode": 420}]
    assert told["outputs"] == [{"path": "outputs", "name": "default"}]
    assert (site.row.worker, site.row.host, site.row.state) == ("tcp://10.0.0.7:1", "node7", AttemptState.LEASED)
    assert site.row.deadline == site.clock.now() + 30
    assert site.told.events == [("leased", "tcp://10.0.0.7:1", "node7")]


def test_the_paths_of_this_machine_are_not_told(site: Site, tmp_path: Path) -> None:
    assert str(tmp_path) not in site.lease().text


def test_the_same_worker_may_lease_again_and_no_other_one_may(site: Site) -> None:
    first = site.lease().json()
    assert site.lease().json() == first
    for other in ({"worker": "tcp://10.0.0.8:1"}, {"host": "node8"}, {"pid": 42}):
        assert code_of(site.lease(**other)) == (409, "AttemptLeased")
    assert site.told.events == [("leased", "tcp://10.0.0.7:1", "node7")]


def test_a_file_is_fetched_by_its_hash_and_no_other_file_is(site: Site) -> None:
    site.lease()
    assert site.send("GET", f"files/{hashlib.sha256(CODE).hexdigest()}").content == CODE
    assert site.send("GET", f"files/{'0' * 64}").status_code == 404
    assert site.send("GET", "files/..%2F..%2Famlet.db").status_code == 404


def test_a_heartbeat_extends_the_lease_and_carries_the_wish_to_stop(site: Site) -> None:
    site.lease()
    beat = {"log_offset": 0, "children": 1}
    for _ in range(5):
        site.clock.advance(20)
        site.emulator.leases.expire()
        assert site.send("POST", "heartbeat", json=beat).json() == {"cancel": False, "lease_seconds": 30.0}
    assert site.row.deadline == site.clock.now() + 30
    site.emulator.leases.request_stop(attempt_id(site.job, 1))
    assert site.send("POST", "heartbeat", json=beat).json()["cancel"] is True


def test_a_worker_that_falls_silent_loses_its_attempt_and_is_refused_when_it_comes_back(site: Site) -> None:
    site.lease()
    site.clock.advance(29.9)
    site.emulator.leases.expire()
    assert site.row.state is AttemptState.LEASED
    site.clock.advance(0.2)
    site.emulator.leases.expire()
    assert site.row.state is AttemptState.LOST
    assert site.told.events[1] == ("lost", "worker tcp://10.0.0.7:1 of node7 was silent for 30 s")
    assert {code_of(answer) for answer in every_call(site)} == {(409, "AttemptSuperseded")}
    assert not site.collected.exists()


def test_log_pieces_are_written_once_and_in_their_order(site: Site) -> None:
    site.lease()
    assert site.log(0, b"one\n").json() == {"offset": 4}
    assert site.log(0, b"one\n").json() == {"offset": 4}
    assert site.log(2, b"e\ntwo\n").json() == {"offset": 8}
    gap = site.log(20, b"late")
    assert (gap.status_code, gap.json()) == (416, {"offset": 8})
    assert (site.artifacts / "user_logs" / "std_log.txt").read_bytes() == b"one\ntwo\n"


def test_the_log_of_a_later_attempt_follows_that_of_the_one_before(site: Site) -> None:
    site.lease()
    site.log(0, b"first\n")
    site.supersede()
    site.token = site.offer(2)
    site.send("POST", "lease", number=2, json=HELD)
    for _ in range(2):
        answer = site.send("PUT", "logs/user_logs/std_log.txt?offset=0", number=2, content=b"second\n")
        assert answer.json() == {"offset": 7}
    assert (site.artifacts / "user_logs" / "std_log.txt").read_bytes() == b"first\nsecond\n"


@pytest.mark.parametrize("name", ["../x", "user_logs/../../x", "outputs/x", "std_log.txt", "user_logs//x", "/etc/x"])
def test_a_log_elsewhere_is_refused(site: Site, name: str) -> None:
    site.lease()
    answer = site.send("PUT", f"logs/{name.replace('..', '%2E%2E').replace('/', '%2F')}?offset=0", content=b"x")
    assert code_of(answer) == (400, "InvalidPath")


def test_a_log_that_is_longer_than_it_may_be_is_refused(
    make_emulator: Callable[..., Emulator], tmp_path: Path, ask: Any
) -> None:
    site = Site(make_emulator(log_limit=10), tmp_path, ask)
    site.lease()
    assert site.log(0, b"0123456789").status_code == 200
    assert code_of(site.log(10, b"x")) == (413, "LogTooLarge")
    site.emulator.leases.close()


def test_an_output_appears_whole_when_its_last_piece_has_come(site: Site) -> None:
    site.lease()
    whole = b"0123456789"
    assert site.output("outputs/a/model", whole[:4], of=whole).json() == {"offset": 4}
    assert not (site.collected / "a" / "model").exists()
    gap = site.output("outputs/a/model", whole[6:], offset=6, of=whole)
    assert (gap.status_code, gap.json()) == (416, {"offset": 4})
    for _ in range(2):  # an answer may be lost
        assert site.output("outputs/a/model", whole[4:], offset=4, of=whole).json() == {"offset": 10}
        assert (site.collected / "a" / "model").read_bytes() == whole
    assert site.output("outputs/empty", b"").json() == {"offset": 0}
    assert (site.collected / "empty").read_bytes() == b""


def test_an_output_with_another_hash_is_refused_and_can_be_sent_again(site: Site) -> None:
    site.lease()
    assert code_of(site.output("outputs/model", b"abc", of=b"abd")) == (422, "HashMismatch")
    assert not (site.collected / "model").exists()
    assert site.output("outputs/model", b"abd").json() == {"offset": 3}


def test_a_piece_that_is_longer_than_announced_is_refused(site: Site) -> None:
    site.lease()
    assert code_of(site.output("outputs/model", b"abcd", size=3)) == (413, "ChunkTooLarge")
    assert code_of(site.output("outputs/model", bytes((8 << 20) + 1), size=9 << 20)) == (413, "ChunkTooLarge")


@pytest.mark.parametrize("path", ["outputs/../x", "outputs", "elsewhere/x", "outputs//x", "outputs/\x07"])
def test_an_output_elsewhere_is_refused(site: Site, path: str) -> None:
    site.lease()
    quoted = path.replace("..", "%2E%2E").replace("/", "%2F").replace("\x07", "%07")
    assert code_of(site.output(quoted, b"x")) == (400, "InvalidPath")


def test_an_output_does_not_follow_a_link_that_lies_in_its_folder(site: Site, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    site.collected.mkdir()
    (site.collected / "sly").symlink_to(tmp_path / "elsewhere")
    site.lease()
    assert code_of(site.output("outputs/sly/x", b"x")) == (400, "InvalidPath")
    assert list((tmp_path / "elsewhere").iterdir()) == []


@pytest.mark.parametrize(
    ("report", "ending"),
    [
        ({"exit_code": 3}, Exit(code=3)),
        ({"exit_code": None, "signal": 9}, Exit(signal=9)),
        ({"exit_code": None, "signal": 15, "reason": "cancelled"}, Exit(signal=15)),
        ({"exit_code": None, "reason": "refused", "message": "Python 3.7"}, Exit(message="Python 3.7")),
    ],
)
def test_the_end_is_told_once_however_often_it_is_reported(site: Site, report: dict[str, Any], ending: Exit) -> None:
    site.lease()
    assert [site.end(**report).status_code for _ in range(3)] == [200, 200, 200]
    assert site.told.events[1:] == [ending]
    assert site.row.state is AttemptState.ENDED
    assert code_of(site.end(exit_code=77)) == (409, "AttemptSuperseded")
    assert code_of(site.log(0, b"late\n")) == (409, "AttemptSuperseded")


def test_a_worker_that_gave_up_because_it_reached_no_emulator_has_lost_its_attempt(site: Site) -> None:
    site.lease()
    assert site.end(exit_code=None, signal=9, reason="lost_contact").status_code == 200
    assert site.row.state is AttemptState.LOST
    assert site.told.events[1][0] == "lost"


def test_what_comes_after_the_run_went_on_to_another_attempt_is_refused(site: Site) -> None:
    site.lease()
    site.log(0, b"first\n")
    site.supersede()
    assert {code_of(answer) for answer in every_call(site)} == {(409, "AttemptSuperseded")}
    assert "attempt 2 has taken its place" in site.lease().json()["error"]["message"]
    assert (site.artifacts / "user_logs" / "std_log.txt").read_bytes() == b"first\n"
    assert site.told.events == [("leased", "tcp://10.0.0.7:1", "node7")]


def test_what_comes_after_the_run_has_ended_or_the_attempt_was_revoked_is_refused(site: Site) -> None:
    site.lease()
    site.emulator.leases.revoke(attempt_id(site.job, 1))
    assert {code_of(answer) for answer in every_call(site)} == {(409, "AttemptSuperseded")}
    canceled = lambda conn: events.move(conn, site.job, JobStatus.CANCELED, 3.0)  # noqa: E731
    site.emulator.store.write(lambda conn: events.move(conn, site.job, JobStatus.CANCEL_REQUESTED, 3.0)).result()
    site.emulator.store.write(canceled).result()
    assert {code_of(answer) for answer in every_call(site)} == {(409, "AttemptSuperseded")}


def test_nothing_but_the_token_of_the_attempt_opens_it(site: Site) -> None:
    tokens = site.emulator.tokens
    attempt, other = attempt_id(site.job, 1), site.run("other")
    opened = {
        "": (401, "AuthenticationFailed"),
        "x": (401, "InvalidAuthenticationToken"),
        tokens.issue("https://management.azure.com"): (401, "InvalidAuthenticationTokenAudience"),
        tokens.issue(f"{tokens.origin}/_amlet/attempts"): (401, "InvalidAuthenticationTokenAudience"),
        tokens.issue_for_run("train", lifetime=60, attempt=attempt): (401, "InvalidAuthenticationTokenAudience"),
        tokens.issue_for_worker("train", attempt, lifetime=-60): (401, "ExpiredAuthenticationToken"),
        tokens.issue_for_worker("other", f"{other}/1", lifetime=60): (403, "AuthorizationFailed"),
        tokens.issue_for_worker("train", f"{site.job}/2", lifetime=60): (409, "AttemptSuperseded"),
    }
    for token, refused in opened.items():
        site.token = token
        assert {code_of(answer) for answer in every_call(site)} == {refused}, token
    assert site.row.state is AttemptState.OFFERED


def test_any_bearer_token_opens_no_attempt_where_any_is_taken_elsewhere(
    make_emulator: Callable[..., Emulator], tmp_path: Path, ask: Any
) -> None:
    site = Site(make_emulator(auth="any"), tmp_path, ask)
    site.token = "any"
    assert {answer.status_code for answer in every_call(site)} == {401}
    site.emulator.leases.close()


def test_the_token_of_an_attempt_opens_nothing_else(site: Site, ask: Callable[..., httpx.Response]) -> None:
    headers = {"Authorization": f"Bearer {site.token}"}
    for path in (f"{WORKSPACE}/jobs/train?api-version=2024-10-01", f"/history/v1.0{WORKSPACE}/runs/train"):
        assert ask(site.app, "GET", path, headers=headers).status_code == 401


def test_an_offer_a_lease_and_an_end_outlive_the_emulator(site: Site) -> None:
    attempt, place, told = attempt_id(site.job, 1), site.emulator.place, Told()

    def restarted() -> Leases:
        emulator = site.emulator
        emulator.leases.close()
        leases = Leases(emulator.store, place, site.clock, emulator.tokens, emulator.settings)
        site.emulator = replace(emulator, leases=leases)
        site.app = app_of(site.emulator)
        return leases

    assert restarted().resume(attempt, told) is AttemptState.OFFERED
    site.lease()
    site.log(0, b"one\n")
    site.clock.advance(500)  # a lease does not expire while nobody could extend it
    leases = restarted()
    leases.expire()
    assert site.log(4, b"two\n").json() == {"offset": 8}
    again = Told()
    assert leases.resume(attempt, again) is AttemptState.LEASED
    site.end(exit_code=5)
    assert again.events == [("leased", "tcp://10.0.0.7:1", "node7"), Exit(code=5)]
    later = Told()
    assert restarted().resume(attempt, later) is AttemptState.ENDED
    assert later.events == again.events
    site.emulator.leases.forget(attempt)
    assert not (place.state_dir / "offers").is_dir() or list((place.state_dir / "offers").iterdir()) == []
    assert restarted().resume(attempt, Told()) is None


@pytest.mark.parametrize("body", [[], {}, {"worker": "w"}, HELD | {"pid": "1"}, HELD | {"worker": ""}])
def test_a_body_that_is_no_lease_is_refused(site: Site, body: Any) -> None:
    assert code_of(site.send("POST", "lease", json=body)) == (400, "InvalidRequestContent")


@pytest.mark.parametrize("query", ["", "?offset=-1", "?offset=x", "?offset=1e3"])
def test_a_bad_offset_is_refused(site: Site, query: str) -> None:
    site.lease()
    answer = site.send("PUT", f"logs/user_logs/std_log.txt{query}", content=b"x")
    assert code_of(answer) == (400, "InvalidQueryParameterValue")
