"""What the workers that run attempts ask of the emulator; every call carries the token of one attempt.

A worker leases an attempt, fetches its files, sends heartbeats, logs and outputs, and reports its end. Whatever comes
with the token of an attempt that does not count any more is refused with 409.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool

from emulator.executors.lease import LeaseRefused
from emulator.identity.tokens import Caller
from emulator.services.context import Emulator
from emulator.services.received_files import ReceivedLog, ReceivedOutput
from emulator.services.refusal import Refusal
from emulator.storage import jobs
from emulator.storage.attempts import parts_of
from emulator.storage.jobs import JobId

#: Bytes of one piece of a log or an output.
MOST_BYTES = 8 << 20

_REASONS = ("exited", "cancelled", "lost_contact", "preempted", "refused", "failed")
_LONGEST_TEXT = 4096


class Attempts:
    """One method for each call; all but `authorize` take the id that it gave.

    Parameters:
        emulator: whose attempts they are.
    """

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._leases = emulator.leases

    def authorize(self, authorization: str | None, shown: str) -> str:
        """The id of the attempt that a call is about.

        Parameters:
            authorization: the header of the call.
            shown: the attempt in its path, `5-1`.

        Raises:
            TokenRefused: there is no good token.
            Refusal: it is that of another attempt.
        """
        caller: Caller = self._emulator.tokens.verify_worker(authorization)
        attempt = shown.replace("-", "/")
        own, wanted = parts_of(caller.attempt or ""), parts_of(attempt)
        if own is None or wanted is None or own[0] != wanted[0]:
            raise Refusal(403, "AuthorizationFailed", f"The token is not one of an attempt of the run of {shown}.")
        # Another attempt of the same run: 409 tells its worker that it was superseded, and to end what it runs.
        if own != wanted:
            raise Refusal(409, "AttemptSuperseded", f"The token is that of attempt {caller.attempt}, not of {attempt}.")
        return attempt

    def lease(self, attempt: str, body: Any) -> dict[str, Any]:
        """Give the attempt to a worker.

        Parameters:
            body: `worker` and `host`, texts, and `pid`, a number.

        Raises:
            Refusal: 409; or a body that is not such an object.
        """
        given = _object(body)
        worker, host = _text(given, "worker"), _text(given, "host")
        pid = _number(given, "pid")
        with _refusing():
            told = self._leases.lease(attempt, worker, host, pid)
        job, _ = parts_of(attempt) or (JobId(0), 0)
        return {"run": jobs.name_of(self._emulator.store.reader(), job), **told}

    def heartbeat(self, attempt: str, body: Any) -> dict[str, Any]:
        """Extend the lease; whether to stop.

        Raises:
            Refusal: 409.
        """
        _object(body)
        with _refusing():
            return self._leases.heartbeat(attempt)

    def file(self, attempt: str, sha256: str) -> Path:
        """A file that the attempt finds in its folder.

        Raises:
            Refusal: 409; or there is no such file.
        """
        with _refusing(), self._leases.counted(attempt, leased=True) as lease:
            found = next((one.source for one in lease.offer.files if one.sha256 == sha256), None)
        if found is None or not found.is_file():
            raise Refusal(404, "FileNotFound", f"Attempt {attempt} has no file with the SHA-256 {sha256[:80]}.")
        return found

    def append_log(self, attempt: str, name: str, offset: int, data: bytes) -> int:
        """Append to a log; the offset of the next piece.

        Raises:
            Gap: something before it is missing.
            Refusal: 409; or there can be no such log.
        """
        with _refusing(), self._leases.counted(attempt, leased=True) as lease:
            log = ReceivedLog(lease, name, self._leases.offers.folder(attempt))
            return log.append(offset, data, self._emulator.settings.log_limit)

    async def put_output(
        self, attempt: str, path: str, offset: int, size: int, sha256: str, body: AsyncIterator[bytes]
    ) -> int:
        """Take a piece of an output, as it comes; the offset of the next one.

        Raises:
            Gap: something before it is missing.
            Refusal: 409; too large; the whole has another hash; or there can be no such output.
        """
        output, is_wanted = await run_in_threadpool(self._begin, attempt, path, offset, size, sha256)
        end = offset
        with output.opened(offset) if is_wanted else BytesIO() as file:
            async for data in body:
                end += len(data)
                # Counted as it comes: what a worker says of the length is not taken for granted.
                if end - offset > MOST_BYTES or end > size:
                    raise Refusal(413, "ChunkTooLarge", f"A piece has at most {MOST_BYTES} bytes, and ends at {size}.")
                file.write(data)
        await run_in_threadpool(self._settle, attempt, output, is_wanted and end == size)
        return end

    def end(self, attempt: str, body: Any) -> None:
        """Note how the attempt ended.

        Parameters:
            body: `exit_code`, `signal`, numbers or null, `reason` and `message`, texts.

        Raises:
            Refusal: 409; or a body that is not such an object.
        """
        given = _object(body)
        reason = _text(given, "reason")
        if reason not in _REASONS:
            raise _invalid(f"`reason` is one of {', '.join(_REASONS)}")
        report = {
            "exit_code": None if given.get("exit_code") is None else _number(given, "exit_code"),
            "signal": None if given.get("signal") is None else _number(given, "signal"),
            "reason": reason,
            "message": str(given.get("message") or "")[:_LONGEST_TEXT],
        }
        with _refusing():
            self._leases.end(attempt, report)

    def _begin(self, attempt: str, path: str, offset: int, size: int, sha256: str) -> tuple[ReceivedOutput, bool]:
        """The output that a piece is of, and whether the piece is wanted."""
        with _refusing(), self._leases.counted(attempt, leased=True) as lease:
            output = ReceivedOutput(lease, path, size, sha256, self._leases.offers.incoming(attempt))
            return output, output.begin(offset)

    def _settle(self, attempt: str, output: ReceivedOutput, is_whole: bool) -> None:
        if is_whole:
            output.check()  # which takes long for large files, so that nothing is held meanwhile
        with _refusing(), self._leases.counted(attempt, leased=True):
            if is_whole:
                output.put_in_place()


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except LeaseRefused as refused:
        raise Refusal(409, refused.code, refused.message) from None


def _object(body: Any) -> Mapping[str, Any]:
    if not isinstance(body, Mapping):
        raise _invalid("it must be an object")
    return body


def _text(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST_TEXT:
        raise _invalid(f"`{name}` must be a text of 1 to {_LONGEST_TEXT} characters")
    return value


def _number(body: Mapping[str, Any], name: str) -> int:
    value = body.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) >= 2**32:
        raise _invalid(f"`{name}` must be a whole number")
    return value


def _invalid(what: str) -> Refusal:
    return Refusal(400, "InvalidRequestContent", f"The body is not as expected: {what}.")
