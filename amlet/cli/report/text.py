"""A sweep in a page of Markdown: a summary for a pull request or the page of a CI run."""

from __future__ import annotations

from collections.abc import Sequence

from amlet.cli.jobs.output import page_of
from amlet.cli.output import is_simulated, shown
from amlet.cli.progress.sparkline import sparkline
from amlet.cli.progress.views import counts_text
from gateway.operations.sweep_record import SweepRecord
from gateway.operations.trials import TrialRow

_TOP = 5


def markdown(record: SweepRecord, explanation: Sequence[str], *, page: bool) -> str:
    """The summary.

    Parameters:
        record: the sweep.
        explanation: lines that say why it went as it did, for people; none where no record was kept.
        page: whether to link to its page; the link of an emulator holds its key, and leads nowhere from elsewhere.
    """
    state = record.state
    title = f"## Sweep {_escaped(state.name)}: {state.status}"
    if is_simulated(record.document):
        title += " (simulated: virtual time, invented metrics)"
    lines = [title, "", f"{counts_text(state).capitalize()}.", *_best(record), "", *_table(record), *_curve(record)]
    if explanation:
        lines += [
            "",
            "<details><summary>Why</summary>",
            "",
            *(f"- {_escaped(line)}" for line in explanation),
            "",
            "</details>",
        ]
    link = page_of(record.document)
    if page and link:
        lines += ["", f"[Page of the sweep]({link})"]
    return "\n".join(lines) + "\n"


def ranked(record: SweepRecord) -> list[tuple[TrialRow, float]]:
    """The trials that logged the primary metric, the best one first."""
    known = [(trial, value) for trial in record.state.trials if (value := record.best_value(trial)) is not None]
    return sorted(known, key=lambda one: one[1], reverse=record.state.goal != "minimize")


def _best(record: SweepRecord) -> list[str]:
    state = record.state
    if state.best is None:
        return ["", f"No trial has logged `{_code(state.metric)}`."]
    value = record.best_value(state.best)
    shown = "" if value is None else f" = **{value:.6g}**"
    return ["", f"Best: `{_code(state.best.name)}`, `{_code(state.metric)}`{shown} ({state.goal})."]


def _table(record: SweepRecord) -> list[str]:
    top = ranked(record)[:_TOP]
    names = list(dict.fromkeys(name for trial, _ in top for name in trial.parameters))
    if not top:
        return []
    heading = ["trial", record.state.metric, *names, "status"]
    rows = [
        [str(trial.number), f"{value:.6g}", *(shown(trial.parameters.get(name)) for name in names), trial.status]
        for trial, value in top
    ]
    return [_row(heading), _row(["---"] * len(heading)), *map(_row, rows)]


def _curve(record: SweepRecord) -> list[str]:
    values = [record.best_value(trial) for trial in record.state.trials]
    if sum(value is not None for value in values) < 2:
        return []
    return ["", f"`{sparkline(values)}` {_escaped(record.state.metric)} by trial"]


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(_escaped(cell) if cell != "---" else cell for cell in cells) + " |"


def _escaped(text: str) -> str:
    """Names and logs of jobs as plain text: no markup, no mention of a person, no line of their own."""
    plain = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;").replace("@", "@\u200b")
    return "".join(f"\\{letter}" if letter in "\\`*_[]|#!~" else letter for letter in plain)


def _code(text: str) -> str:
    return " ".join(text.split()).replace("`", "'")
