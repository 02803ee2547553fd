"""Following a job from the command line to its end, and saying how it ended."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from amlet.cli.exits import Exit, of_status, stop
from amlet.cli.output import say
from amlet.cli.progress.summary import summarise
from amlet.cli.progress.views import LiveView, PlainView, Progress, View
from amlet.cli.target import Target
from gateway.client.connection import Connection
from gateway.exceptions import JobException
from gateway.operations import jobs
from gateway.operations.stream import Follower, LogLines, StreamText, follow, sdk_pace
from gateway.operations.workspace import Workspace
from gateway.transport.steps import Steps

#: Seconds between two looks at a job on this machine.
_NEARBY = 0.5


def follow_job(connection: Connection, name: str, target: Target, *, quiet: bool) -> tuple[Exit, dict[str, Any]]:
    """Follow a job until it ends; its exit code and its last ARM document. `tell_end` says how it ended.

    Ctrl-C leaves the job alone and says how to go on.

    Parameters:
        connection: to the workspace.
        name: its name.
        target: where it runs.
        quiet: write the official client's text to stdout as well (`amlet job stream`).
    """
    view: View = LiveView() if sys.stderr.isatty() else PlainView(say)
    progress = Progress(view, target.link)
    follower: Follower = (
        _Both(StreamText(sys.stdout, target.link), progress) if quiet and not sys.stdout.isatty() else progress
    )
    pace = (lambda elapsed: _NEARBY) if target.is_emulator else sdk_pace
    try:
        status = connection.run(follow(connection.workspace, name, follower, pace))
    except KeyboardInterrupt:
        view.close()
        say(
            f"\nDetached; job {name} goes on.\n  watch it again:  amlet job stream -n {name}{target.flags}\n"
            f"  stop it:         amlet job cancel -n {name}{target.flags}"
        )
        raise stop(Exit.DETACHED) from None
    finally:
        view.close()
    return of_status(status), connection.run(jobs.get(connection.workspace, name))


def tell_end(connection: Connection, document: dict[str, Any]) -> None:
    """Say how a job ended, after what was written to stdout.

    Parameters:
        connection: to its workspace.
        document: its last ARM document.
    """
    # Where both go to one terminal, this must not come before the data.
    sys.stdout.flush()
    say(f"Status: {(document.get('properties') or {}).get('status')}")
    connection.run(summarise(connection.workspace, document, say))


class _Both:
    """The official client's text on stdout, and progress on stderr."""

    def __init__(self, text: StreamText, progress: Progress) -> None:
        self._text, self._progress = text, progress

    def started(self, document: Mapping[str, Any]) -> None:
        self._text.started(document)
        self._progress.started(document)

    def log(self, news: LogLines) -> None:
        self._text.log(news)

    def look(self, workspace: Workspace, name: str, status: str) -> Steps[None]:
        yield from self._progress.look(workspace, name, status)

    def ended(self, details: Mapping[str, Any]) -> None:
        self._progress.ended(details)
        try:
            self._text.ended(details)
        except JobException as failure:
            say(str(failure))
