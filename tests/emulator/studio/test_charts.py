from __future__ import annotations

from typing import Any

import pytest

from emulator.storage.trials import Value
from emulator.studio.charts import charts
from emulator.studio.charts.axis import axis_of
from emulator.studio.charts.charts import Cut
from emulator.studio.charts.parallel import parallel
from emulator.studio.charts.shading import shades


def test_trials_of_one_role_share_a_trace_with_gaps_between_them() -> None:
    values = [Value(0, 1, 0, 0.5), Value(0, 2, 1, 0.6), Value(1, 1, 0, 0.4), Value(2, 1, 0, 0.9)]
    (other, best) = charts.curves("acc", values, {2: "best"}, (), {})["data"]
    assert other["x"] == [1, 2, None, 1, None]
    assert other["y"] == [0.5, 0.6, None, 0.4, None]
    assert other["customdata"] == [0, 0, None, 1, None]
    assert best["meta"] == "best"


def test_a_stopped_trial_is_marked_where_it_was_stopped_beside_the_threshold() -> None:
    figure = charts.curves("acc", [Value(3, 1, 0, 0.1)], {3: "stopped"}, [Cut(3, 4, 0.1, 0.4)], {4: 0.4, 2: 0.2})
    _, threshold, mark = figure["data"]
    assert (threshold["x"], threshold["y"]) == ([2, 4], [0.2, 0.4])
    assert (mark["x"], mark["y"], mark["customdata"]) == ([4], [0.1], [3])


def test_over_steps_everything_stands_at_the_step_of_its_interval() -> None:
    values = [Value(0, 1, 10, 0.5), Value(0, 2, 20, 0.6), Value(1, 1, 10, 0.1)]
    figure = charts.curves("acc", values, {}, [Cut(1, 1, 0.1, 0.4)], {2: 0.4, 7: 0.9}, over="step")
    line, threshold, mark = figure["data"]
    assert line["x"] == [10, 20, None, 10, None]
    assert (threshold["x"], threshold["y"]) == ([20], [0.4])
    assert mark["x"] == [10]


@pytest.mark.parametrize(("goal", "best"), [("Minimize", [3, 2, 2]), ("maximize", [3, 3, 5])])
def test_the_best_so_far_follows_the_goal_and_leaves_out_trials_without_a_value(goal: str, best: list[float]) -> None:
    figure = charts.best_so_far("loss", goal, [(0, 3.0), (1, None), (2, 2.0), (3, 5.0)], {})
    assert figure["data"][1]["y"] == best
    assert figure["data"][1]["x"] == [0, 2, 3]


def test_shades_go_by_rank() -> None:
    assert shades("minimize", [1.0, None, 1000.0, 2.0]) == [1.0, None, 0.0, 0.5]
    assert shades("minimize", [7.0, 7.0]) == [1.0, 1.0]


def test_a_line_of_parallel_coordinates_has_a_place_on_every_axis() -> None:
    figure = parallel([("lr", [0.1, 10.0]), ("kernel", ["rbf", "poly"])], [4, 5], [0.0, 1.0])
    worst, best = figure["data"]
    assert (worst["x"], worst["y"], worst["customdata"]) == ([0, 1, None], [0.0, 1.0, None], [4, 4, 4])
    assert best["y"] == [1.0, 0.0, None]
    assert [axis["logarithmic"] for axis in figure["layout"]["meta"]["axes"]] == [True, False]


@pytest.mark.parametrize(
    ("values", "value", "place"),
    [
        ([0, 10], 5, 0.5),
        ([0.001, 0.1, 10], 0.1, 0.5),
        (["a", "b", "c"], "b", 0.5),
        ([True, False], True, 1.0),
        ([3, 3], 3, 0.5),
        ([1, "a"], "a", 1.0),
        ([1, 2], None, None),
    ],
)
def test_a_value_has_its_place_on_the_axis_of_its_column(values: list[object], value: object, place: object) -> None:
    assert axis_of("x", values).place(value) == (pytest.approx(place) if place is not None else None)


def test_an_axis_writes_few_numbers_themselves_and_of_many_even_parts() -> None:
    assert [text for _, text in axis_of("x", [16, 32, 64]).ticks] == ["16", "32", "64"]
    assert [text for _, text in axis_of("x", list(range(101))).ticks] == ["0", "25", "50", "75", "100"]
    assert len(axis_of("x", [str(n) for n in range(100)]).ticks) <= 12


def test_what_plotly_takes_for_markup_is_shown_letter_by_letter() -> None:
    figure = charts.scatter(("<b>x</b>", ["<i>", "%{y}"]), ("y", [1, 2]), [0, 1], [0.0, 1.0])
    assert figure["layout"]["xaxis"]["title"]["text"] == "&lt;b&gt;x&lt;/b&gt;"
    assert [trace["x"] for trace in figure["data"]] == [["&lt;i&gt;"], ["&#37;{y}"]]


def test_dots_of_one_colour_share_a_trace() -> None:
    figure = charts.best_so_far("loss", "minimize", [(0, 3.0), (1, 1.0), (2, 2.0)], {1: "best", 2: "stopped"})
    assert [(trace["meta"], trace["x"]) for trace in figure["data"]] == [
        ("other", [0]), ("stopped", [2]), ("best", [1]), ("best", [0, 1, 2]),
    ]  # fmt: skip


def test_categories_stand_in_their_own_order_whichever_trial_comes_first() -> None:
    figure = charts.scatter(("kernel", ["rbf", "poly"]), ("y", [1, 2]), [0, 1], [0.0, 1.0])
    assert figure["layout"]["xaxis"]["categoryarray"] == ["poly", "rbf"]


def test_a_metric_of_very_different_sizes_stands_on_a_logarithmic_axis() -> None:
    values = [Value(0, n, n, value) for n, value in enumerate([40.0, 0.3, 1e-8], start=1)]
    assert charts.curves("loss", values, {}, (), {})["layout"]["yaxis"]["type"] == "log"
    assert charts.best_so_far("loss", "minimize", [(0, 40.0), (1, 1e-8)], {})["layout"]["yaxis"]["type"] == "log"
    assert charts.curves("acc", [*values, Value(0, 4, 4, -1.0)], {}, (), {})["layout"]["yaxis"]["type"] == "linear"


@pytest.mark.parametrize(
    "figure",
    [
        charts.curves("loss", [Value(0, 1, 0, None)], {}, (), {}),
        charts.best_so_far("loss", "minimize", [(0, None)], {}),
        charts.scatter(("x", []), ("loss", []), [], []),
    ],
)
def test_a_chart_without_a_value_says_so(figure: dict[str, Any]) -> None:
    assert [note["text"] for note in figure["layout"]["annotations"]] == ["no trial has a value here"]


def test_few_whole_numbers_are_the_ticks_of_a_scatter() -> None:
    figure = charts.scatter(("batch", [16, 64, 16]), ("y", [0.1, 0.2, 0.3]), [0, 1, 2], [0.0, 0.5, 1.0])
    assert figure["layout"]["xaxis"]["tickvals"] == [16, 64]


def test_an_axis_without_values_has_no_ticks() -> None:
    assert axis_of("loss", [None, None]).ticks == []


def test_the_distribution_decides_the_scale_before_the_values_do() -> None:
    assert axis_of("lr", [0.01, 0.02], True).logarithmic
    assert not axis_of("x", [0.001, 100.0], False).logarithmic
    assert not axis_of("x", [0.0, 0.5], True).logarithmic  # nothing is below zero on a logarithmic axis


def test_whole_numbers_have_whole_ticks() -> None:
    assert [text for _, text in axis_of("layers", [1.0, 2, 3, 4, 5, 6, 7, 8]).ticks] == ["1", "3", "4", "6", "8"]
    figure = charts.scatter(("layers", list(range(1, 9))), ("y", [0.5] * 8), list(range(8)), [None] * 8)
    assert figure["layout"]["xaxis"]["dtick"] == 1
