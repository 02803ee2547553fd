"""How a job is shown while it is followed: plain lines, or a live view on a terminal; both on stderr."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol

from amlet.cli.output import harmless, harmless_log, shown
from amlet.cli.progress.sparkline import sparkline
from contracts.lifecycle import ENDED, JobStatus
from gateway.job_types import is_sweep
from gateway.operations.stream import LogLines
from gateway.operations.trials import SweepState, TrialRow, sweep_results, sweep_state
from gateway.operations.workspace import Workspace
from gateway.transport.steps import Steps

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.live import Live
    from rich.text import Text

#: How many running trials a live view shows, and how long its bar is.
_SHOWN, _BAR = 8, 50
_WARNING = "][WARNING]"
_ORDER = [JobStatus.COMPLETED, JobStatus.RUNNING, JobStatus.QUEUED, JobStatus.FAILED, JobStatus.CANCELED]


class View(Protocol):
    """Where progress is shown.

    Parameters:
        shows_metrics: whether it wants the metrics of all trials, which costs a request at each look.
    """

    shows_metrics: bool

    def heading(self, text: str) -> None:
        """Show what is followed."""

    def lines(self, news: LogLines) -> None:
        """Show new lines of a log."""

    def trials(self, state: SweepState) -> None:
        """Show how a sweep stands."""

    def status(self, status: str) -> None:
        """Show the job's status."""

    def close(self) -> None:
        """Nothing more comes."""


@dataclass(slots=True)
class Progress:
    """A follower that shows a sweep's trials, and a command job's log.

    Parameters:
        view: where it is shown.
        link: makes of the address of its page the one that people open.
    """

    view: View
    link: Callable[[str], str] = str
    _is_sweep: bool = False

    def started(self, document: Mapping[str, Any]) -> None:
        """Show name and page."""
        properties = document.get("properties") or {}
        self._is_sweep = is_sweep(properties)
        studio = (properties.get("services") or {}).get("Studio") or {}
        self.view.heading(f"RunId: {document['name']}\nWeb View: {self.link(str(studio.get('endpoint')))}")

    def log(self, news: LogLines) -> None:
        """Show the log of a command; of a sweep's own log only its warnings: of the rest its trials say more."""
        if self._is_sweep:
            warnings = [line.partition(_WARNING)[2].rstrip() for line in news.lines if _WARNING in line]
            news = replace(news, lines=[f"warning: {text}" for text in warnings])
        if news.lines:
            self.view.lines(news)

    def look(self, workspace: Workspace, name: str, status: str) -> Steps[None]:
        """Show how the job stands."""
        if self._is_sweep:
            look = sweep_results if self.view.shows_metrics else sweep_state
            self.view.trials((yield from look(workspace, name)))
        else:
            self.view.status(status)

    def ended(self, details: Mapping[str, Any]) -> None:
        """Leave the last view standing."""
        self.view.close()


def trials_line(state: SweepState) -> str:
    """Trials by state and the best so far, in one line."""
    return f"{counts_text(state)}; {best_text(state)}"


def counts_text(state: SweepState) -> str:
    """Trials by state."""
    counts = Counter(trial.status for trial in state.trials)
    known = [status for status in _ORDER if counts[status]]
    others = [status for status in counts if status not in known]
    parts = [f"{counts[status]} {status}" for status in [*known, *others]]
    total = f"{len(state.trials)} of {state.limit}" if state.limit else str(len(state.trials))
    return f"trials {total}: {', '.join(parts) or 'none yet'}"


def best_text(state: SweepState) -> str:
    """The best value so far, with its trial."""
    value = state.best_value
    if state.best is None or value is None:
        return f"no {state.metric} yet"
    return f"best {state.metric} {value:.6g} ({state.best.name})"


@dataclass(slots=True)
class PlainView:
    """Plain lines; one only where something has changed.

    Parameters:
        write: writes a line.
    """

    write: Callable[[str], None]
    shows_metrics: bool = field(default=False, init=False)
    _last: str = field(default="", init=False)

    def heading(self, text: str) -> None:
        """Show what is followed."""
        self.write(text)

    def lines(self, news: LogLines) -> None:
        """Show new lines of a log."""
        for line in news.lines:
            self.write(line)

    def trials(self, state: SweepState) -> None:
        """Show how a sweep stands."""
        self._changed(trials_line(state))

    def status(self, status: str) -> None:
        """Show the job's status."""
        self._changed(f"status {status}")

    def close(self) -> None:
        """Nothing more comes."""

    def _changed(self, line: str) -> None:
        if line != self._last:
            self.write(line)
            self._last = line


class LiveView:
    """A live view on a terminal.

    Parameters:
        console: where; by default stderr.
    """

    shows_metrics = True

    def __init__(self, console: Console | None = None) -> None:
        from rich.console import Console

        self._console = console or Console(stderr=True, highlight=False)
        self._live: Live | None = None
        self._status = ""

    def heading(self, text: str) -> None:
        """Show what is followed."""
        self._console.print(harmless(text), markup=False, soft_wrap=True)

    def lines(self, news: LogLines) -> None:
        """Show new lines of a log."""
        for line in news.lines:
            self._console.print(harmless_log(line), markup=False, soft_wrap=True)

    def trials(self, state: SweepState) -> None:
        """Show how a sweep stands."""
        self._update(_panel(state))

    def status(self, status: str) -> None:
        """Show the job's status where it has changed."""
        if status != self._status:
            self._console.print(harmless(f"status {status}"), markup=False)
            self._status = status

    def close(self) -> None:
        """Leave the last view standing."""
        if self._live is not None:
            self._live.stop()
            self._live = None

    def _update(self, content: RenderableType) -> None:
        from rich.live import Live

        if self._live is None:
            self._live = Live(console=self._console, refresh_per_second=4)
            self._live.start()
        self._live.update(content, refresh=True)


def _panel(state: SweepState) -> RenderableType:
    from rich.console import Group

    ended = sum(trial.status in ENDED for trial in state.trials)
    lines = [f"{state.status}  {counts_text(state)}", best_text(state), *_curve(state)]
    bar = _bar(ended, state.limit or max(1, len(state.trials)))
    return Group(*map(_line, lines), bar, *map(_line, running_lines(state)))


def running_lines(state: SweepState) -> list[str]:
    """The trials that have not ended, a few of them, in columns: name, status, metric, parameters."""
    trials = [trial for trial in state.trials if trial.status not in ENDED][:_SHOWN]
    rows = [(trial.name, trial.status, metric_text(trial, state.metric)) for trial in trials]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    texts = ["  ".join(map(str.ljust, row, widths)) for row in rows]
    return [f"{text}  {parameters_text(trial.parameters)}" for text, trial in zip(texts, trials, strict=True)]


def _bar(done: int, total: int) -> Text:
    from rich.text import Text

    full = _BAR * min(done, total) // total
    return Text.assemble(("━" * full, "green"), ("━" * (_BAR - full), "bright_black"), no_wrap=True)


def _line(text: str) -> Text:
    """A text that stays on one line, cut where the terminal ends."""
    from rich.text import Text

    return Text(harmless(text), no_wrap=True, overflow="ellipsis")


def metric_text(trial: TrialRow, metric: str) -> str:
    """The last value of a metric that a trial has logged, with its step; nothing before the first."""
    value, step = trial.metrics.get(metric), trial.steps.get(metric)
    if value is None:
        return ""
    return f"{metric} {shown(value)}" + (f" at step {step}" if step is not None else "")


def _curve(state: SweepState) -> list[str]:
    """The primary metric by trial as a line of bars, between its smallest and its largest value."""
    values = [trial.metrics.get(state.metric) for trial in state.trials]
    finite = [value for value in values if value is not None and math.isfinite(value)]
    if len(finite) < 2:
        return []
    return [f"{state.metric} by trial  {min(finite):.4g} {sparkline(values)} {max(finite):.4g}"]


def parameters_text(parameters: Mapping[str, Any]) -> str:
    """Hyperparameters in one line."""
    return ", ".join(f"{name}={shown(value)}" for name, value in parameters.items())
