"""A response as scenarios look at it: compared with what is expected, and reported where it is something else."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from contracts.suite.difference import Difference, differences
from contracts.suite.target import Request, Response

_SIGNATURE = re.compile(r"(?<=[?&]sig=)[^&]*")
_MOST_SHOWN = 20


class Unexpected(AssertionError):
    """Something is not as a scenario expects.

    Parameters:
        differences: in which places.
        where: the request or document that shows it.
    """

    def __init__(self, differences: list[Difference], where: str = "") -> None:
        super().__init__(differences, where)
        self.differences, self.where = differences, where

    def __str__(self) -> str:
        """The differences as JSON, below where they were seen."""
        found = [one.as_json() for one in self.differences[:_MOST_SHOWN]]
        left_out = len(self.differences) - len(found)
        lines = [
            f"seen in: {self.where}",
            json.dumps(found, indent=2, default=str, ensure_ascii=False),
            *([f"and {left_out} more differences"] if left_out > 0 else []),
        ]
        return "\n".join(lines)


def shown_url(url: str) -> str:
    """A URL without the signature that opens it."""
    return _SIGNATURE.sub("...", url)


def expect(expected: Any, got: Any, where: str = "") -> None:
    """Compare a value with what is expected of it.

    Parameters:
        expected: JSON in which any part may be a `Like`.
        got: the value.
        where: what the value is, for the report.

    Raises:
        Unexpected: they differ.
    """
    __tracebackhide__ = True
    found = list(differences(expected, got))
    if found:
        raise Unexpected(found, where)


class Answer:
    """The response to a request of a scenario.

    Parameters:
        request: what was asked.
        response: what came.
    """

    def __init__(self, request: Request, response: Response) -> None:
        self.request, self.response = request, response

    @property
    def status(self) -> int:
        """HTTP status."""
        return self.response.status

    @property
    def json(self) -> Any:
        """The content as JSON."""
        return self.response.json

    @property
    def line(self) -> str:
        """What was asked and what came, for reports."""
        return f"{self.request.method} {shown_url(self.request.url)} -> {self.status}"

    def must_be(self, status: Any, body: Any = None, headers: Mapping[str, Any] | None = None) -> Any:
        """Compare with what is expected; gives the content as JSON.

        Parameters:
            status: HTTP status, or what it should be like.
            body: what the content should be like; None says nothing of it.
            headers: what headers should be like, by their names in lower case.

        Raises:
            Unexpected: it is something else.
        """
        __tracebackhide__ = True
        expected: dict[str, Any] = {"status": status}
        got: dict[str, Any] = {"status": self.status}
        if headers:
            expected["headers"], got["headers"] = headers, dict(self.response.headers)
        if body is not None:
            expected["body"] = body
            got["body"] = self.json
        found = list(differences(expected, got))
        if found:
            # The error says more than that the status differs.
            if body is None and self.status >= 400:
                found.append(Difference("$.body", "(no error)", self.json))
            raise Unexpected(found, self.line)
        return self.json

    def must_read(self, status: int, content: str) -> None:
        """Compare status and content, which is a text.

        Raises:
            Unexpected: it is something else.
        """
        __tracebackhide__ = True
        got = {"status": self.status, "content": self.response.body.decode("utf-8", "backslashreplace")}
        expect({"status": status, "content": content}, got, self.line)

    def field(self, *path: str | int) -> Any:
        """A value inside the content.

        Raises:
            Unexpected: there is none.
        """
        __tracebackhide__ = True
        value = self.json
        for place, key in enumerate(path):
            try:
                value = value[key]
            except (KeyError, IndexError, TypeError):
                at = "$" + "".join(f".{one}" if isinstance(one, str) else f"[{one}]" for one in path[: place + 1])
                raise Unexpected([Difference(at, "a value", "(absent)")], self.line) from None
        return value
