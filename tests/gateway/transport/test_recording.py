"""A session that was recorded is served again: the same answers, offline, at once."""

from __future__ import annotations

import asyncio
import json
import re
import stat
from pathlib import Path
from typing import Any

import pytest

from gateway import MLClient, aio, command, from_arm
from gateway.transport import cassette
from gateway.transport.cassette import CassetteError
from gateway.transport.choice import RECORD, REPLAY, recorded, recording_path
from gateway.transport.messages import ConnectionFault, Request, Response
from gateway.transport.recording import RecordingTransport
from gateway.transport.replay import NotRecorded, ReplayTransport

ORIGIN = "https://management.azure.com"
W = "/subscriptions/3f2504e0-4f89-41d3-9a0c-0305e82c3301/resourceGroups/g/providers/X/workspaces/w"


def _json(document: Any, status: int = 200, **headers: str) -> Response:
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Response(status, {"content-type": "application/json", **named}, json.dumps(document).encode())


def _recording(answering: Any, path: Path, *answers: Response | ConnectionFault) -> RecordingTransport:
    return RecordingTransport(answering(*answers).script, path)


def _get(path: str, **options: Any) -> Request:
    return Request("GET", f"{ORIGIN}{path}", **options)


def _put(path: str, document: Any) -> Request:
    body = json.dumps(document).encode()
    return Request("PUT", f"{ORIGIN}{path}", headers={"Content-Type": "application/json"}, body=body)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "session.cassette.json"


@pytest.mark.parametrize(
    "answer",
    [
        _json({"name": "j", "nested": [1, 0.5, None, "é"]}),
        Response(404, {"x-ms-error-code": "BlobNotFound"}),
        Response(206, {"content-range": "bytes 0-3/4"}, b"\xff\x00\x01\x02"),
        Response(200, {"content-type": "text/plain"}, b"line\r\nline\n"),
        Response(200, {"content-type": "application/json"}, b'{"cut": '),
        Response(429, {"retry-after": "7"}),
    ],
    ids=["json", "empty", "binary", "text", "truncated", "throttled"],
)
def test_an_answer_comes_back_as_it_was(answering, file: Path, answer: Response) -> None:
    sent = _recording(answering, file, answer).send(_get("/x"))
    replayed = ReplayTransport.open(file).send(_get("/x"))
    assert (replayed.status, replayed.headers) == (sent.status, sent.headers)
    assert replayed.body == sent.body or replayed.json() == sent.json()


def test_a_broken_connection_breaks_again(answering, file: Path) -> None:
    with pytest.raises(ConnectionFault):
        _recording(answering, file, ConnectionFault("reset by peer", sent=True)).send(_get("/x"))
    with pytest.raises(ConnectionFault, match="reset by peer") as raised:
        ReplayTransport.open(file).send(_get("/x"))
    assert raised.value.sent


def test_the_file_is_readable_by_its_owner_alone_and_holds_no_secret(answering, file: Path) -> None:
    request = _get(f"{W}/jobs/j?sig=SIGNATURE", headers={"Authorization": "Bearer SECRETSECRET"})
    _recording(answering, file, _json({"id": f"{W}/jobs/j", "sasToken": "SIGNATURE"})).send(request)
    text = file.read_text()
    assert not any(secret in text for secret in ("SIGNATURE", "SECRETSECRET", "3f2504e0"))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_of_an_uploaded_file_only_length_and_hash_are_kept(answering, file: Path) -> None:
    upload = Request("PUT", f"{ORIGIN}/box/train.py", headers={"x-ms-blob-type": "BlockBlob"}, body=b"print('mine')")
    _recording(answering, file, Response(201)).send(upload)
    assert "mine" not in file.read_text()
    other = Request(upload.method, upload.url, headers=upload.headers, body=b"print('yours')")
    assert ReplayTransport.open(file).send(upload).status == 201
    with pytest.raises(NotRecorded, match="sha256"):
        ReplayTransport.open(file).send(other)


def test_a_second_session_goes_on_with_the_file(answering, file: Path) -> None:
    _recording(answering, file, _json(1)).send(_get("/a"))
    _recording(answering, file, _json(2)).send(_get("/b"))
    replay = ReplayTransport.open(file)
    assert [replay.send(_get(path)).json() for path in ("/b", "/a")] == [2, 1]


def test_what_is_no_recording_is_never_written_to(file: Path, answering) -> None:
    file.write_text('{"my": "notes"}')
    with pytest.raises(CassetteError, match="not a recording"):
        _recording(answering, file)
    assert file.read_text() == '{"my": "notes"}'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not a recording"),
        ('{"cassette": 99}', "version 99; this amlet reads 1"),
        ('{"cassette": 1}\n{"request": {"method": "GE', "cut off"),
        ('{"cassette": 1}\n{"response": {}}', "an exchange is damaged"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_with_the_reason(file: Path, text: str, message: str) -> None:
    file.write_text(text)
    with pytest.raises(CassetteError, match=message) as raised:
        cassette.read(file)
    assert str(file) in str(raised.value)


def test_repeated_requests_are_answered_in_order_and_reading_goes_on_with_the_last(answering, file: Path) -> None:
    transport = _recording(answering, file, *(_json(status) for status in ("Running", "Running", "Completed")))
    for _ in range(3):
        transport.send(_get("/jobs/j"))
    replay = ReplayTransport.open(file)
    states = [replay.send(_get("/jobs/j")).json() for _ in range(5)]
    assert states == ["Running", "Running", "Completed", "Completed", "Completed"]


def test_a_change_is_served_as_often_as_it_was_made(answering, file: Path) -> None:
    _recording(answering, file, _json({}, 201)).send(_put("/jobs/j", {"a": 1}))
    replay = ReplayTransport.open(file)
    replay.send(_put("/jobs/j", {"a": 1}))
    with pytest.raises(NotRecorded, match="recorded 1 times, and is asked for once more"):
        replay.send(_put("/jobs/j", {"a": 1}))


def test_a_miss_names_the_nearest_request_and_what_differs(answering, file: Path) -> None:
    transport = _recording(answering, file, _json({}), _json({}, 201))
    transport.send(_get("/jobs/j1"))
    transport.send(_put("/jobs/j1", {"properties": {"command": "python a.py"}}))
    replay = ReplayTransport.open(file)
    with pytest.raises(NotRecorded, match=r"GET .*/jobs/j2 is not recorded; the nearest .* GET .*/jobs/j1"):
        replay.send(_get("/jobs/j2"))
    with pytest.raises(NotRecorded, match=r'json\.properties\.command: recorded "python a\.py", asked "python b\.py"'):
        replay.send(_put("/jobs/j1", {"properties": {"command": "python b.py"}}))
    assert len(replay.unserved) == 2


def test_names_of_the_workspace_and_ids_made_by_the_client_may_differ(answering, file: Path) -> None:
    code = "11111111-2222-3333-4444-555555555555"
    _recording(answering, file, _json({"id": f"{W}/codes/{code}"}, 201)).send(_put(f"{W}/codes/{code}", {"name": code}))
    elsewhere = W.replace("/g/", "/other/").removesuffix("/w").replace("3f25", "ffff")
    other = code.replace("1", "9")
    assert ReplayTransport.open(file).send(_put(f"{elsewhere}/mine/codes/{other}", {"name": other})).status == 201


def test_ranges_of_a_file_are_told_apart(answering, file: Path) -> None:
    transport = _recording(answering, file, Response(206, {}, b"first"), Response(206, {}, b"second"))
    ranges = [_get("/blob", headers={"x-ms-range": f"bytes={first}-"}) for first in (0, 5)]
    for request in ranges:
        transport.send(request)
    replay = ReplayTransport.open(file)
    assert [replay.send(request).body for request in reversed(ranges)] == [b"second", b"first"]


def test_recording_is_asked_for_by_a_variable(answering, file: Path) -> None:
    plain = answering().script
    assert recorded(plain, {}) is plain
    assert isinstance(recorded(plain, {RECORD: str(file)}), RecordingTransport)


@pytest.mark.parametrize("text", ["1", "true", "Yes", "on"])
def test_a_yes_records_to_a_file_named_by_the_time_one_for_each_process(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = recording_path(text)
    assert path is not None
    assert re.fullmatch(r"amlet-recording-\d{8}-\d{6}\.json", path.name)
    assert recording_path("1") == path


@pytest.mark.parametrize("text", ["", "0", "false", "No", "off"])
def test_a_no_records_nothing(answering, text: str) -> None:
    plain = answering().script
    assert recorded(plain, {RECORD: text}) is plain


@pytest.mark.parametrize("text", ["2", "y", "cassette"])
def test_a_value_that_is_not_a_file_name_is_refused_with_the_remedy(answering, text: str) -> None:
    with pytest.raises(
        CassetteError, match=r"is not the name of a file: .*session\.cassette\.json.* 1 for amlet-recording"
    ):
        recorded(answering().script, {RECORD: text})


@pytest.mark.parametrize("text", ["a.json", "./cassette", "folder/cassette"])
def test_a_file_name_is_taken_as_it_is(text: str) -> None:
    assert recording_path(text) == Path(text)


def test_every_client_that_uses_the_network_can_be_recorded(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(RECORD, str(file))
    client = MLClient(None, "s", "g", "w")
    assert isinstance(client.connection.session.transport, RecordingTransport)
    other = aio.MLClient(None, "s", "g", "w")
    assert other.connection.session.transport
    assert isinstance(client.connection.transport, RecordingTransport)
    assert isinstance(other.connection.transport, RecordingTransport)
    client.close()
    asyncio.run(other.close())


def test_a_disk_that_is_full_ends_the_recording_and_not_the_work(
    answering, file: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("WARNING", "gateway")
    transport = _recording(answering, file, _json(1), _json(2), _json(3))
    transport.send(_get("/a"))

    def full(*arguments: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("gateway.transport.cassette.append", full)
        assert transport.send(_get("/b")).json() == 2
    assert transport.send(_get("/c")).json() == 3
    assert "the recording ends here" in caplog.text
    assert len(cassette.read(file)) == 1


@pytest.mark.parametrize("asynchronous", [False, True], ids=["sync", "async"])
def test_a_program_is_replayed_unchanged(
    answering, file: Path, monkeypatch: pytest.MonkeyPatch, asynchronous: bool
) -> None:
    path = MLClient(None, "s", "g", "w").connection.find_workspace()
    job = {"id": f"{path}/jobs/j", "name": "j", "properties": {"jobType": "Command", "command": "x"}}
    recording = _recording(answering, file, _json(job))
    recording.send(_get(f"{path}/jobs/j?api-version=2024-01-01-preview"))
    monkeypatch.setenv(REPLAY, str(file))
    if not asynchronous:
        assert MLClient(None, "s", "g", "w").jobs.get("j").name == "j"
        return

    async def get() -> str | None:
        async with aio.MLClient(None, "s", "g", "w") as client:
            return (await client.jobs.get("j")).name

    assert asyncio.run(get()) == "j"


def test_waiting_in_a_replay_takes_no_time(answering, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: pytest.fail("it really waited"))
    job = {"id": f"{W}/jobs/j", "name": "j", "properties": {"jobType": "Command", "command": "x", "status": "Running"}}
    ended = {**job, "properties": {**job["properties"], "status": "Completed"}}
    path = MLClient(None, "s", "g", "w").connection.find_workspace()
    transport = _recording(answering, file, _json({}, 429, retry_after="60"), _json(job), _json(ended))
    for _ in range(3):
        transport.send(_get(f"{path}/jobs/j?api-version=2024-01-01-preview"))
    replay = ReplayTransport.open(file)
    client = MLClient(replay.credential, "s", "g", "w", base_url=replay.base_url, transport=replay)
    assert client.jobs.wait("j").status == "Completed"
    assert replay.unserved == []


@pytest.mark.oracle
@pytest.mark.parametrize("asynchronous", [False, True], ids=["sync", "async"])
def test_a_recording_of_the_real_service_is_replayed(corpus: Path, asynchronous: bool) -> None:
    replay = ReplayTransport(official_recording(corpus / "recordings" / "sweep_await_completion.json"))
    place = {"base_url": replay.base_url, "transport": replay}
    if not asynchronous:
        client = MLClient(replay.credential, "s", "g", "w", **place)
        assert client.jobs.get("test_910316408761").status == "Running"
        return

    async def status() -> str | None:
        async with aio.MLClient(replay.credential, "s", "g", "w", **place) as client:
            return (await client.jobs.get("test_910316408761")).status

    assert asyncio.run(status()) == "Running"


@pytest.mark.oracle
@pytest.mark.parametrize("asynchronous", [False, True], ids=["sync", "async"])
def test_a_submission_is_the_one_that_the_official_client_made(corpus: Path, asynchronous: bool) -> None:
    path = corpus / "recordings" / "sweep_await_completion.json"
    replay = ReplayTransport(official_recording(path))
    body = json.loads(path.read_text())["entries"][0]["request"]
    job = from_arm({"name": "test_910316408761", **body})
    place = {"base_url": replay.base_url, "transport": replay}
    if not asynchronous:
        client = MLClient(replay.credential, "s", "g", "w", **place)
        assert client.jobs.create_or_update(job).status == "Running"
        assert client.jobs.get(job.name).status == "Running"
    else:

        async def submit() -> str | None:
            async with aio.MLClient(replay.credential, "s", "g", "w", **place) as client:
                await client.jobs.create_or_update(job)
                return (await client.jobs.get(job.name)).status

        assert asyncio.run(submit()) == "Running"
    assert replay.unserved == []


def test_the_commit_that_a_job_was_submitted_from_may_differ(answering, file: Path) -> None:
    _recording(answering, file, _json({}, 201)).send(_put("/jobs/j", {"properties": {"azureml.git.dirty": "True"}}))
    replay = ReplayTransport.open(file)
    assert replay.send(_put("/jobs/j", {"properties": {"mlflow.source.git.commit": "1a2b"}})).status == 201


@pytest.mark.oracle
def test_another_job_than_the_recorded_one_is_not_answered(corpus: Path) -> None:
    replay = ReplayTransport(official_recording(corpus / "recordings" / "sweep_await_completion.json"))
    client = MLClient(replay.credential, "s", "g", "w", base_url=replay.base_url, transport=replay)
    job = command(name="test_910316408761", command="echo 1", environment="e:1")
    with pytest.raises(NotRecorded, match=r"nearest recorded request is (PUT|GET)"):
        client.jobs.create_or_update(job)


def official_recording(path: Path) -> list[cassette.Recorded]:
    """The exchanges of a recording of the official SDK's own tests."""
    found = []
    for entry in json.loads(path.read_text())["entries"]:
        body = json.dumps(entry["request"]).encode() if entry["request"] else None
        headers = {"Content-Type": "application/json"} if body else {}
        request = Request(entry["method"], ORIGIN + entry["uri"], headers=headers, body=body)
        lowered = {name.lower(): text for name, text in entry["response_headers"].items()}
        answer = Response(entry["status"], lowered, json.dumps(entry["response"]).encode())
        found.append(cassette.Recorded(cassette.Asked.of(request), answer))
    return found
