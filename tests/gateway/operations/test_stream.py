"""Following a job: the official client's text, and when it looks again."""

from __future__ import annotations

import io
from typing import Any

import pytest

from gateway.exceptions import JobException
from gateway.operations.stream import LogLines, StreamText, follow, log_tail, sdk_pace
from gateway.transport.messages import Response

LOG = "https://arm.test/logs/std"
JOB = {
    "name": "j",
    "properties": {"jobType": "Command", "services": {"Studio": {"endpoint": "https://studio/runs/j"}}},
}


def _details(status: str, **more: Any) -> dict[str, Any]:
    return {"status": status, "logFiles": {"user_logs/std_log.txt": LOG, "system_logs/x.log": "-"}, **more}


def _stream(connection, service, *details: dict[str, Any], logs: tuple[str, ...] = ()) -> str:
    looks, texts = list(details), list(logs)
    service.answers |= {
        "GET .*/jobs/j": JOB,
        "GET .*/runs/j/details": lambda request: looks.pop(0),
        f"GET {LOG}": lambda request: Response(200, {}, texts.pop(0).encode()),
    }
    out = io.StringIO()
    connection.run(follow(connection.workspace, "j", StreamText(out)))
    return out.getvalue()


def test_the_text_is_the_official_clients(connection, service) -> None:
    text = _stream(
        connection,
        service,
        _details("Queued"),
        _details("Running"),
        _details("Running"),
        _details("Completed", warnings=[{"message": "careful"}]),
        logs=("one\n", "one\ntwo\n", "one\ntwo\nthree\n"),
    )
    assert text == (
        "RunId: j\nWeb View: https://studio/runs/j\n"
        "\nStreaming user_logs/std_log.txt\n===============================\n\none\ntwo\nthree\n"
        "\nExecution Summary\n=================\nRunId: j\nWeb View: https://studio/runs/j\n"
        "\nWarnings:\ncareful\n\n\n"
    )


def test_a_job_that_has_ended_shows_only_its_summary(connection, service) -> None:
    assert "Streaming" not in _stream(connection, service, _details("Completed"))


def test_a_failed_job_raises_its_error(connection, service) -> None:
    error = {"error": {"code": "UserError", "message": "exit code 3"}}
    with pytest.raises(JobException, match=r"Exception : \n (?s:.*)exit code 3"):
        _stream(connection, service, _details("Failed", error=error))


def test_a_canceled_job_ends_without_an_error(connection, service) -> None:
    assert _stream(connection, service, _details("Canceled")).endswith("runs/j\n\n")


def test_a_job_being_canceled_is_followed_on(connection, service) -> None:
    _stream(connection, service, _details("CancelRequested"), _details("Canceled"), logs=("",))
    assert (
        service.lines.count("GET https://arm.test/history/v1.0" + str(connection.workspace.id) + "/runs/j/details") == 2
    )


def test_the_pace_is_the_official_clients(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AZUREML_RUN_POLLING_INTERVAL_MIN", raising=False)
    monkeypatch.delenv("AZUREML_RUN_POLLING_INTERVAL_MAX", raising=False)
    assert [sdk_pace(0), sdk_pace(60), sdk_pace(92), sdk_pace(1000)] == [2, 10, 29, 60]
    monkeypatch.setenv("AZUREML_RUN_POLLING_INTERVAL_MIN", "0")
    monkeypatch.setenv("AZUREML_RUN_POLLING_INTERVAL_MAX", "1")
    assert sdk_pace(0) == 0


def test_the_tail_of_a_log(connection, service) -> None:
    service.answers |= {
        "GET .*/runs/j/details": _details("Failed"),
        f"GET {LOG}": Response(200, {}, "\n".join(map(str, range(30))).encode()),
    }
    assert connection.run(log_tail(connection.workspace, "j")) == [str(n) for n in range(10, 30)]


def test_a_log_with_characters_that_the_console_lacks_is_written_all_the_same() -> None:
    console = io.TextIOWrapper(io.BytesIO(), encoding="cp1252", newline="\n")
    text = StreamText(console)
    text.log(LogLines("user_logs/std_log.txt", ["Größe 测试"], first=False))
    written = console.buffer
    assert isinstance(written, io.BytesIO)
    assert written.getvalue().decode("cp1252") == "Größe \\u6d4b\\u8bd5\n"
