"""Operations as generators of effects, so that one logic serves synchronous and asynchronous clients.

An operation yields what is to be done (send this, wait so long, run these at once) and is sent the result back; it
never does I/O itself. `gateway.transport.session` runs it.

Example:
    def version(url: str) -> Steps[str]:
        response = yield from exchange(Request("GET", url))
        return response.text
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeVar

from gateway.transport.messages import Request, Response

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Exchange:
    """Send a request; the result is its Response, or a ConnectionFault is raised at the yield."""

    request: Request


@dataclass(frozen=True, slots=True)
class Wait:
    """Let so many seconds pass.

    Parameters:
        seconds: how many.
        reason: why, for the log.
    """

    seconds: float
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Now:
    """Read the clock; the result is seconds, counted from anywhere."""


@dataclass(frozen=True, slots=True)
class BearerToken:
    """Fetch a token for an audience; the result is its text.

    Parameters:
        audience: whom it is for.
        claims: what the claims challenge of a 401 asked for, as JSON.
        refused: a token that the service did not accept; another one is wanted.
    """

    audience: str
    claims: str | None = None
    refused: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Together:
    """Run several operations at once; the result is the list of their results, in order.

    Parameters:
        operations: what to run.
        at_once: so many at most; None leaves it to the session.
    """

    operations: Sequence[Generator[Any, Any, Any]]
    at_once: int | None = None


Effect: TypeAlias = Exchange | Wait | Now | BearerToken | Together
Steps: TypeAlias = Generator[Effect, Any, T]


def exchange(request: Request) -> Steps[Response]:
    """Send one request, once."""
    response: Response = yield Exchange(request)
    return response


def wait(seconds: float, reason: str = "") -> Steps[None]:
    """Let so many seconds pass."""
    yield Wait(seconds, reason)


def now() -> Steps[float]:
    """Seconds, counted from anywhere."""
    seconds: float = yield Now()
    return seconds


def together(operations: Sequence[Steps[T]], at_once: int | None = None) -> Steps[list[T]]:
    """Run operations at once, or so many of them, and collect their results in order."""
    results: list[T] = yield Together(operations, at_once)
    return results
