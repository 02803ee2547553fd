"""How progress looks."""

from __future__ import annotations

import io

from amlet.cli.progress.summary import _best
from amlet.cli.progress.views import LiveView, PlainView, Progress, trials_line
from gateway.operations.stream import LogLines
from gateway.operations.trials import SweepState, TrialRow, Trials

BEST = TrialRow("s_1", "Completed", {"x": 0.123456789, "kernel": "rbf"}, {"loss": 0.25})
STATE = SweepState(
    "s",
    "Running",
    "minimize",
    "loss",
    [TrialRow("s_0", "Running", {"x": 1.0}), BEST, TrialRow("s_2", "Failed")],
    BEST,
    8,
)


def test_one_line_tells_trials_by_state_and_the_best_so_far() -> None:
    assert trials_line(STATE) == "trials 3 of 8: 1 Completed, 1 Running, 1 Failed; best loss 0.25 (s_1)"


def test_before_the_first_metric_there_is_no_best() -> None:
    assert (
        trials_line(SweepState("s", "Running", "minimize", "loss", [], None, None)) == "trials 0: none yet; no loss yet"
    )


def test_plain_lines_come_only_with_news() -> None:
    lines: list[str] = []
    view = PlainView(lines.append)
    view.trials(STATE)
    view.trials(STATE)
    view.status("Completed")
    assert lines == [trials_line(STATE), "status Completed"]


def test_the_live_view_shows_what_runs_with_its_parameters() -> None:
    from rich.console import Console

    out = io.StringIO()
    view = LiveView(Console(file=out, force_terminal=True, width=120, highlight=False))
    view.heading("RunId: s")
    view.trials(STATE)
    view.lines(LogLines("log", ["[not] markup"], first=True))
    view.close()
    text = out.getvalue()
    for expected in ("RunId: s", "1 Completed, 1 Running", "best loss 0.25 (s_1)", "s_0", "x=1", "[not] markup"):
        assert expected in text


def test_of_the_log_of_a_sweep_its_warnings_are_shown() -> None:
    lines: list[str] = []
    progress = Progress(PlainView(lines.append))
    progress.started({"name": "s", "properties": {"jobType": "Sweep"}})
    told = ["[2026-01-01T00:00:00Z][SCHEDULER][WARNING]numpy differs ", "[2026-01-01T00:00:00Z][API][INFO]created"]
    progress.log(LogLines("azureml-logs/hyperdrive.txt", told, first=True))
    assert lines[1:] == ["warning: numpy differs"]


def test_the_live_view_draws_the_metric_of_the_trials() -> None:
    from rich.console import Console

    out = io.StringIO()
    view = LiveView(Console(file=out, force_terminal=True, width=120, highlight=False))
    trials = [TrialRow(f"s_{n}", "Completed", {}, {"loss": value}) for n, value in enumerate([3.0, 1.0, 2.0])]
    view.trials(SweepState("s", "Running", "minimize", "loss", [*trials, TrialRow("s_3", "Running")], trials[1], 8))
    view.close()
    assert "loss by trial  1 █▁▅· 3" in out.getvalue()


def test_only_a_view_that_draws_them_costs_the_metrics() -> None:
    assert LiveView.shows_metrics
    assert not PlainView(print).shows_metrics


def test_the_best_value_is_the_one_by_which_the_trial_is_the_best_and_not_its_last() -> None:
    best = TrialRow("s_1", "Completed", {}, {"loss": float("nan")})
    state = SweepState("s", "Completed", "minimize", "loss", Trials([best]), best, 1, score=0.6)
    assert trials_line(state).endswith("best loss 0.6 (s_1)")
    assert _best(state)[1] == "  loss = 0.6 (minimize; its last value is nan)"


def test_the_live_view_writes_control_sequences_and_markup_of_names_out() -> None:
    from rich.console import Console

    out = io.StringIO()
    view = LiveView(Console(file=out, width=200))
    trial = TrialRow("s_0", "Running", {"x": "[bold]\x1b]0;title\x07"})
    view.trials(SweepState("s", "Running", "minimize", "loss", Trials([trial]), None, 1))
    view.lines(LogLines("log", ["\x1b[31mred\x1b[0m \x1b[2J"], first=True))
    view.close()
    assert "x=[bold]\\x1b]0;title\\x07" in out.getvalue()
    assert "red \\x1b[2J" in out.getvalue()
    assert not set(out.getvalue()) & {"\x1b", "\x07"}


def test_a_live_row_shows_the_metric_and_its_step_and_stays_on_one_line() -> None:
    from rich.console import Console

    out = io.StringIO()
    view = LiveView(Console(file=out, force_terminal=True, width=60, highlight=False))
    parameters = {f"a_rather_long_name_{place}": place for place in range(9)}
    trial = TrialRow("s_0", "Running", parameters, {"loss": 0.5}, steps={"loss": 7})
    view.trials(SweepState("s", "Running", "minimize", "loss", Trials([trial]), None, 1))
    view.close()
    [row] = {line for line in out.getvalue().splitlines() if "s_0" in line}
    assert "loss 0.5 at step 7" in row
    assert "a_rather_long_name_1" not in out.getvalue()
