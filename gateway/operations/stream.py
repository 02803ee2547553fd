"""Following a job until it ends: its status, its logs as they grow, its trials; or waiting without its logs."""

from __future__ import annotations

import json
import math
import os
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TextIO

from contracts.job_types import COMMAND
from contracts.lifecycle import ENDED, TERMINAL
from gateway import job_types
from gateway.exceptions import ErrorTarget, JobException
from gateway.operations import jobs
from gateway.operations.log_reader import LogReader, last_lines
from gateway.operations.workspace import Workspace
from gateway.transport.steps import Steps, wait

_COMMON_LOG = re.compile(r"user_logs/std_log[\D]*[0]*(?:_ps)?\.txt")


@dataclass(frozen=True, slots=True)
class LogLines:
    """New lines of a log.

    Parameters:
        name: the log's path (`user_logs/std_log.txt`).
        lines: what was added since the last time, without line ends.
        first: whether nothing of this log was seen before.
    """

    name: str
    lines: list[str]
    first: bool


class Follower(Protocol):
    """Receives the progress of a job: started first, then log and look alternately, then ended."""

    def started(self, document: Mapping[str, Any]) -> None:
        """The following begins; the job's ARM document."""

    def log(self, news: LogLines) -> None:
        """A log has grown."""

    def look(self, workspace: Workspace, name: str, status: str) -> Steps[None]:
        """The status was read; the follower may read more (a sweep's trials)."""

    def ended(self, details: Mapping[str, Any]) -> None:
        """The job has ended; its run details."""


Pace = Callable[[float], float]


def sdk_pace(elapsed: float) -> float:
    """Seconds between two looks as the official client has them: from 2 to 60, growing with the time watched.

    `AZUREML_RUN_POLLING_INTERVAL_MIN` and `_MAX` change the limits.
    """
    shortest = int(os.environ.get("AZUREML_RUN_POLLING_INTERVAL_MIN", "2"))
    longest = int(os.environ.get("AZUREML_RUN_POLLING_INTERVAL_MAX", "60"))
    return max(shortest, int(longest / (1.0 + 100 * math.exp(-elapsed / 20.0))))


def follow(workspace: Workspace, name: str, follower: Follower, pace: Pace = sdk_pace) -> Steps[str]:
    """Follow a job until it ends; its last status comes back.

    Parameters:
        name: name of the job.
        follower: receives everything new.
        pace: seconds to the next look, by the seconds waited so far.
    """
    document = yield from jobs.get(workspace, name)
    follower.started(document)
    own_logs = (job_types.of_body(document.get("properties")) or job_types.CLIENT_JOB_TYPES[COMMAND]).own_logs
    seen: defaultdict[str, LogReader] = defaultdict(LogReader)
    told: set[str] = set()
    elapsed = 0.0
    details = yield from jobs.details(workspace, name)
    while details["status"] not in TERMINAL:
        pause = pace(elapsed)
        yield from wait(pause)
        # By what was waited and not by a clock, so that a replayed job is looked at as often as the recorded one.
        elapsed += pause
        details = yield from jobs.details(workspace, name)
        # The logs are read after the status: a job that has ended writes nothing more, so that its last line is seen.
        is_over = details["status"] in TERMINAL
        for log in _logs(details.get("logFiles") or {}, own_logs):
            yield from seen[log].read(details["logFiles"][log], _teller(follower, log, told), is_over=is_over)
        yield from follower.look(workspace, name, details["status"])
    follower.ended(details)
    return str(details["status"])


def _teller(follower: Follower, log: str, told: set[str]) -> Callable[[list[str]], None]:
    """Tells the follower of new lines of a log, and whether they are the first."""

    def tell(lines: list[str]) -> None:
        follower.log(LogLines(log, lines, first=log not in told))
        told.add(log)

    return tell


def _logs(files: Mapping[str, str], own_logs: re.Pattern[str]) -> Iterator[str]:
    """The logs that are worth following: the standard ones, else those of the type of job."""
    common = sorted(name for name in files if _COMMON_LOG.match(name))
    yield from common or sorted(name for name in files if own_logs.match(name))


def log_tail(workspace: Workspace, run: str, lines: int = 20) -> Steps[list[str]]:
    """The last lines of a run's standard log; none when it has no log."""
    details = yield from jobs.details(workspace, run)
    files = details.get("logFiles") or {}
    names = sorted(name for name in files if _COMMON_LOG.match(name))
    return (yield from last_lines(files[names[0]], lines)) if names else []


@dataclass(slots=True)
class StreamText:
    """Writes what the official client's `jobs.stream` writes.

    Parameters:
        out: where to.
        page: the address of a page as people open it, for that of the service.
    """

    out: TextIO
    page: Callable[[str], str] = str
    _heading: str = field(default="", init=False)

    def started(self, document: Mapping[str, Any]) -> None:
        """Write the heading."""
        studio = ((document.get("properties") or {}).get("services") or {}).get("Studio") or {}
        self._heading = f"RunId: {document['name']}\nWeb View: {self.page(str(studio.get('endpoint')))}\n"
        self._write(self._heading)

    def log(self, news: LogLines) -> None:
        """Write the new lines, under the log's name when it is the first time."""
        if news.first:
            self._write(f"\nStreaming {news.name}\n{'=' * (len(news.name) + 10)}\n\n")
        self._write("".join(f"{line}\n" for line in news.lines))

    def look(self, workspace: Workspace, name: str, status: str) -> Steps[None]:
        """Nothing more to see."""
        yield from ()

    def ended(self, details: Mapping[str, Any]) -> None:
        """Write the summary.

        Raises:
            JobException: the job failed; the text holds the run's error.
        """
        self._write(f"\nExecution Summary\n=================\n{self._heading}")
        warnings = [entry["message"] for entry in details.get("warnings") or [] if entry.get("message")]
        if warnings:
            self._write("\nWarnings:\n" + "".join(f"{text}\n" for text in warnings) + "\n")
        if details["status"] == "Failed":
            error = details.get("error") or "The run has no error document; its logs say more."
            raise JobException(f"Exception : \n {json.dumps(error, indent=4)} ", target=ErrorTarget.JOB)
        self._write("\n")

    def _write(self, text: str) -> None:
        try:
            self.out.write(text)
        except UnicodeEncodeError:  # a notebook's or console's encoding that lacks a character of the job's log
            encoding = self.out.encoding or "ascii"
            self.out.write(text.encode(encoding, "backslashreplace").decode(encoding))
        self.out.flush()


def until_ended(
    workspace: Workspace, name: str, timeout: float | None = None, pace: Pace = sdk_pace
) -> Steps[dict[str, Any]]:
    """Wait until a job has ended and return its ARM document, however it ended.

    Parameters:
        name: name of the job.
        timeout: seconds to wait at most; None waits for ever.
        pace: seconds to the next look, by the seconds waited so far.

    Raises:
        TimeoutError: it has not ended by then; the job goes on.
    """
    waited, longest = 0.0, math.inf if timeout is None else timeout
    while True:
        document = yield from jobs.get(workspace, name)
        status = (document.get("properties") or {}).get("status")
        if status in ENDED:
            return document
        if waited >= longest:
            raise TimeoutError(
                f"job {name} is {status} after {timeout:g} seconds; it goes on: wait again, or cancel it"
            )
        pause = min(pace(waited), longest - waited)
        yield from wait(pause)
        waited += pause
