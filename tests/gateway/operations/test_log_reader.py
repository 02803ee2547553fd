"""A growing log is read once, whatever its length and wherever its pieces end."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.operations import log_reader
from gateway.operations.log_reader import LogReader, last_lines
from gateway.transport.messages import Request, Response

URL = "https://arm.test/logs/std"


class Log:
    """A log behind a server that serves ranges; counts the bytes that it sent."""

    def __init__(self, content: bytes = b"", *, has_ranges: bool = True) -> None:
        self.content, self.has_ranges, self.sent = content, has_ranges, 0

    def answer(self, request: Request) -> Response:
        first, last = map(int, request.headers["Range"].removeprefix("bytes=").split("-"))
        if not self.has_ranges:
            return Response(200, {}, self.content)
        if first >= len(self.content):
            return Response(416)
        body = self.content[first : last + 1]
        self.sent += len(body)
        return Response(206, {"content-range": f"bytes {first}-{first + len(body) - 1}/{len(self.content)}"}, body)


@pytest.fixture
def read(connection: Any, service: Any) -> Any:
    """Read a log with a reader; the lines that are told."""

    def lines(log: Log, reader: LogReader, *, is_over: bool = False) -> list[str]:
        told: list[str] = []
        service.answers[f"GET {URL}"] = log.answer
        connection.run(reader.read(URL, told.extend, is_over=is_over))
        return told

    return lines


@pytest.mark.parametrize("has_ranges", [True, False])
def test_each_line_is_told_once(read: Any, has_ranges: bool) -> None:
    log, reader = Log(has_ranges=has_ranges), LogReader()
    assert read(log, reader) == []
    log.content = b"one\ntw"
    assert read(log, reader) == ["one"]
    assert read(log, reader) == []
    log.content += b"o\nthree"
    assert read(log, reader) == ["two"]
    assert read(log, reader, is_over=True) == ["three"]


def test_the_bytes_that_are_sent_are_those_of_the_log_however_often_it_is_looked_at(read: Any) -> None:
    """It fails when a look reads again what was read: 200 looks would send 100 times as much."""
    log, reader = Log(), LogReader()
    for number in range(200):
        log.content += b"%d\n" % number
        read(log, reader)
    assert log.sent == len(log.content)


def test_a_long_log_is_read_in_pieces(read: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_reader, "_PIECE", 10)
    content = "\n".join(["é" * 7, "b" * 33, "", "c"]) + "\n"
    assert read(Log(content.encode()), LogReader()) == content.splitlines()


def test_a_line_end_of_two_characters_is_one_wherever_a_piece_ends(read: Any) -> None:
    log, reader = Log(b"one\r"), LogReader()
    assert read(log, reader) == []
    log.content = b"one\r\ntwo\r\n"
    assert read(log, reader) == ["one", "two"]


def test_the_steps_of_a_progress_bar_are_lines(read: Any) -> None:
    assert read(Log(b"10%\r20%\r30%"), LogReader()) == ["10%", "20%"]


def test_a_line_without_an_end_is_told_when_it_is_long(read: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_reader, "_LONGEST_LINE", 5)
    assert read(Log(b"x" * 9), LogReader()) == ["x" * 9]


def test_the_last_lines_of_a_long_log_are_read_from_its_end(connection: Any, service: Any) -> None:
    log = Log(b"".join(b"line %d\n" % number for number in range(100_000)))
    service.answers[f"GET {URL}"] = log.answer
    assert connection.run(last_lines(URL, 2)) == ["line 99998", "line 99999"]
    assert log.sent <= 2 * 65_536


@pytest.mark.parametrize("status", [404, 416])
def test_a_log_that_is_not_there_has_no_lines(connection: Any, service: Any, status: int) -> None:
    service.answers[f"GET {URL}"] = Response(status)
    assert connection.run(last_lines(URL, 2)) == []
