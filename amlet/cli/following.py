"""Following a job from the command line to its end, and saying how it ended."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from amlet.cli.exits import Exit, Refusal, of_status, stop
from amlet.cli.progress import LiveView, PlainView, Progress, View
from amlet.cli.summary import summarise
from amlet.cli.target import Target
from amlet.cli.verbs import say
from contracts.lifecycle import ENDED
from gateway.client.connection import Connection
from gateway.exceptions import JobException
from gateway.operations import jobs
from gateway.operations.stream import Follower, LogLines, StreamText, follow, sdk_pace
from gateway.operations.workspace import Workspace
from gateway.transport.steps import Steps

#: Seconds between two looks at a job on this machine.
_NEARBY = 0.5


def to_the_end(connection: Connection, name: str, target: Target, *, quiet: bool) -> tuple[Exit, dict[str, Any]]:
    """Follow a job until it ends; its exit code and its last ARM document.

    Ctrl-C leaves the job alone and says how to go on.

    Parameters:
        connection: the way to the job.
        name: its name.
        target: where it runs.
        quiet: write the official client's text to stdout as well (`amlet job stream`).
    """
    view: View = LiveView() if sys.stderr.isatty() else PlainView(say)
    progress = Progress(view)
    follower: Follower = _Both(StreamText(sys.stdout), progress) if quiet and not sys.stdout.isatty() else progress
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
    document = connection.run(jobs.get(connection.workspace, name))
    say(f"Status: {status}")
    connection.run(summarise(connection.workspace, document, say))
    return of_status(status), document


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


def draw(connection: Connection, name: str) -> None:
    """Draw the best value of a sweep's trials, and the best so far.

    Raises:
        Refusal: it is no sweep.
    """
    from amlet.cli.plot import best_so_far_plot
    from gateway.operations.sweep_record import sweep_record

    try:
        record = connection.run(sweep_record(connection.workspace, name))
    except ValueError as error:
        raise Refusal(f"--plot: {error}", Exit.USAGE) from None
    values = [record.best_value(trial) for trial in record.state.trials]
    say(f"\n{record.state.metric} ({record.state.goal}): · best of a trial, ─ best so far")
    say(best_so_far_plot(values, record.state.goal))


def explain_end(connection: Connection, document: dict[str, Any]) -> None:
    """Say why a job, or some of its trials, failed; nothing while it goes on."""
    if (document.get("properties") or {}).get("status") in ENDED:
        connection.run(summarise(connection.workspace, document, say))


def people_text(document: Mapping[str, Any]) -> str:
    """A job in a few lines."""
    properties = document.get("properties") or {}
    rows = {
        "Name": document.get("name"),
        "Display name": properties.get("displayName"),
        "Type": properties.get("jobType"),
        "Status": properties.get("status"),
        "Experiment": properties.get("experimentName"),
        "Seed": _seed(properties),
        "Web View": page_of(document),
    }
    return "\n".join(f"{label + ':':<14}{text}" for label, text in rows.items() if text)


def _seed(properties: Mapping[str, Any]) -> str | None:
    """The seed of a sweep's sampling: its author's, or the one that an emulator gave it."""
    seed = (properties.get("samplingAlgorithm") or {}).get("seed")
    return str(seed) if seed is not None else (properties.get("properties") or {}).get("amlet.seed")


def page_of(document: Mapping[str, Any]) -> str | None:
    """The URL of a job's page, where the service says one."""
    services = (document.get("properties") or {}).get("services") or {}
    return (services.get("Studio") or {}).get("endpoint")


def open_page(document: Mapping[str, Any]) -> None:
    """Open a job's page in a browser."""
    import webbrowser

    page = page_of(document)
    if page:
        webbrowser.open(page)
