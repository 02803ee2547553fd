"""Reading a log while it grows: each byte of it once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gateway.transport.calls import send
from gateway.transport.messages import Request, Response
from gateway.transport.steps import Steps

_PIECE = 4 << 20  # bytes that are asked for at a time
_LONGEST_LINE = 1 << 20  # bytes after which a line is shown before its end has come
_TAIL = 64 << 10  # bytes that are read for the last lines


@dataclass(slots=True)
class LogReader:
    """What was seen of one log.

    Parameters:
        offset: bytes that were read.
        rest: the beginning of a line whose end has not come yet.
    """

    offset: int = 0
    rest: bytes = b""

    def read(self, url: str, tell: Callable[[list[str]], None], *, is_over: bool = False) -> Steps[None]:
        """Read what is new.

        Parameters:
            url: of the log; its signature may be another one each time.
            tell: called with new lines, without line ends; several times for a log that has grown by much.
            is_over: whether the log grows no more: a line without an end is a line then.
        """
        more = True
        while more:
            answer = yield from _range(url, self.offset, _PIECE)
            new = answer.body if answer.status == 206 else answer.body[self.offset :]  # a server without ranges
            self.offset += len(new)
            more = answer.status == 206 and len(new) == _PIECE
            if lines := self._lines(new, is_over=is_over and not more):
                tell(lines)

    def _lines(self, new: bytes, *, is_over: bool) -> list[str]:
        content = self.rest + new
        # A \r at the end may be the first half of a line end.
        end = len(content) if is_over else max(content.rfind(b"\n"), content.rfind(b"\r", 0, len(content) - 1)) + 1
        if not end and len(content) > _LONGEST_LINE:
            end = len(content)
        self.rest = content[end:]
        return content[:end].decode("utf-8", "replace").splitlines()


def last_lines(url: str, count: int) -> Steps[list[str]]:
    """The last lines of a log, of at most 64 KiB together; none when there is no log."""
    answer = yield from _range(url, 0, _TAIL)
    size = answer.headers.get("content-range", "").rpartition("/")[2]
    if answer.status == 206 and size.isdecimal() and int(size) > _TAIL:
        answer = yield from _range(url, int(size) - _TAIL, _TAIL)
        # The first line begins somewhere in its middle.
        lines = answer.text.splitlines()[1:]
    else:
        lines = answer.text.splitlines()
    return lines[-count:]


def _range(url: str, first: int, length: int) -> Steps[Response]:
    """A range of a log; an answer without a body where there is no log, or nothing new."""
    headers = {"Range": f"bytes={first}-{first + length - 1}"}
    answer = yield from send(Request("GET", url, headers=headers, timeout=10.0), accept=(404, 416))
    return answer if answer.ok else Response(answer.status)
