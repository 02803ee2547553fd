"""The transport that answers from a cassette: a recorded session, offline and at once."""

from __future__ import annotations

import json
import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from contracts.diagnostics.suggestions import closest
from gateway.exceptions import MlException
from gateway.transport import cassette
from gateway.transport.cassette import Asked, Recorded
from gateway.transport.messages import ConnectionFault, Request, Response

_GUID = re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}")
_READS = frozenset({"GET", "HEAD"})
_GIT = ("mlflow.source.git.", "azureml.git.")


class NotRecorded(MlException):
    """A request that the recorded session did not make; the message shows the nearest one that it did."""


@dataclass(slots=True)
class _Take:
    """A recorded exchange, and whether it has been served."""

    recorded: Recorded
    served: bool = False


class ReplayTransport:
    """Answers each request as the recorded session was answered.

    A request is known by method, URL and body. Ids that the client generates (GUIDs), the names of subscription,
    resource group and workspace, and the git commit that a job was submitted from may differ. The same request is
    answered in the recorded order; one that only reads is answered with the last of them from then on.

    Parameters:
        exchanges: of a cassette.

    Example:
        replay = ReplayTransport.open("session.cassette.json")
        client = MLClient(replay.credential, "s", "g", "w", base_url=replay.base_url, transport=replay)
    """

    def __init__(self, exchanges: Iterable[Recorded]) -> None:
        self._takes: dict[str, list[_Take]] = defaultdict(list)
        for recorded in exchanges:
            self._takes[_key(recorded.asked)].append(_Take(recorded))
        self._lock = Lock()

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> ReplayTransport:
        """The replay of a file.

        Raises:
            gateway.transport.cassette.CassetteError: it is not a cassette.
        """
        return cls(cassette.read(path))

    @property
    def base_url(self) -> str | None:
        """The control plane of the recorded session, for `MLClient(base_url=...)`; None when it was not asked."""
        urls = (urlsplit(take.recorded.asked.url) for take in self._all())
        return next((f"{url.scheme}://{url.netloc}" for url in urls if url.path.startswith("/subscriptions/")), None)

    @property
    def credential(self) -> ReplayCredential:
        """A credential whose tokens are not checked."""
        return ReplayCredential()

    @property
    def unserved(self) -> list[str]:
        """The recorded requests that were not made yet: `METHOD url`."""
        return [_line(take.recorded.asked) for take in self._all() if not take.served]

    def send(self, request: Request) -> Response:
        """The recorded answer.

        Raises:
            NotRecorded: the recording has no such request.
            gateway.transport.messages.ConnectionFault: none came in the recorded session.
        """
        asked = Asked.of(request)
        with self._lock:
            take = self._take(asked)
            take.served = True
        answer = take.recorded.answer
        if isinstance(answer, ConnectionFault):
            raise ConnectionFault(str(answer), sent=answer.sent)
        return replace(answer, request=request)

    def sleep(self, seconds: float) -> None:
        """Time passes at once."""

    def close(self) -> None:
        """Nothing is open."""

    def _take(self, asked: Asked) -> _Take:
        takes = [take for take in self._takes.get(_key(asked), []) if _same_body(take.recorded.asked, asked)]
        exact = [take for take in takes if take.recorded.asked.url == asked.url]
        for take in (*exact, *takes):
            if not take.served:
                return take
        if takes and asked.method in _READS:
            return (exact or takes)[-1]
        raise NotRecorded(self._missed(asked, len(takes)))

    def _missed(self, asked: Asked, times: int) -> str:
        if times:
            return f"{_line(asked)} was recorded {times} times, and is asked for once more"
        known = {_key(take.recorded.asked): take.recorded.asked for take in self._all()}
        nearest = closest(_key(asked), known, cutoff=0.0, longest=500)
        if nearest is None:
            return f"{_line(asked)} is not recorded: the recording is empty"
        found = known[nearest]
        differences = list(_differences(found.body, asked.body)) if nearest == _key(asked) else []
        about = "; its body differs:\n  " + "\n  ".join(differences) if differences else ""
        return f"{_line(asked)} is not recorded; the nearest recorded request is {_line(found)}{about}"

    def _all(self) -> Iterator[_Take]:
        for takes in self._takes.values():
            yield from takes


class _Token(NamedTuple):
    token: str = "replayed"  # noqa: S105 - it is not checked
    expires_on: int = 2**40


class ReplayCredential:
    """Gives a token that only a replay accepts."""

    def get_token(self, *scopes: str, **options: Any) -> _Token:
        """The token."""
        return _Token()


def _key(asked: Asked) -> str:
    part = asked.headers.get("x-ms-range") or asked.headers.get("range") or ""
    return _GUID.sub("*", f"{_line(asked)} {part}".rstrip())


def _line(asked: Asked) -> str:
    return f"{asked.method} {asked.url}"


def _same_body(recorded: Asked, asked: Asked) -> bool:
    return asked.method in _READS or _canonical(recorded.body) == _canonical(asked.body)


def _canonical(body: Any) -> str:
    return _GUID.sub("*", json.dumps(_without_commit(body), sort_keys=True))


def _without_commit(body: Any) -> Any:
    """A body without what says from which commit it was sent: a recording outlives many."""
    if isinstance(body, dict):
        return {name: _without_commit(value) for name, value in body.items() if not name.startswith(_GIT)}
    return [_without_commit(value) for value in body] if isinstance(body, list) else body


def _differences(recorded: Any, asked: Any, place: str = "") -> Iterator[str]:
    """Where two documents differ, a line each."""
    if isinstance(recorded, dict) and isinstance(asked, dict):
        for name in sorted({name for name in (*recorded, *asked) if not name.startswith(_GIT)}):
            yield from _differences(recorded.get(name), asked.get(name), f"{place}.{name}" if place else name)
    elif _canonical(recorded) != _canonical(asked):
        yield f"{place or 'body'}: recorded {json.dumps(recorded)[:200]}, asked {json.dumps(asked)[:200]}"
