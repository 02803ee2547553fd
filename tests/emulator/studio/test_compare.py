"""Jobs side by side."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from contracts.studio import workspace_url
from emulator.services.context import Emulator
from emulator.studio.charts.overlay import best_by_trial, colour_of, overlay
from tests.emulator.studio import states
from tests.emulator.studio.states import HOSTILE, WORKSPACE


@pytest.fixture
def compare(emulator: Emulator, get: Callable[..., httpx.Response]) -> Callable[..., httpx.Response]:
    """The comparison of some jobs: its page, or with `figures` its charts."""

    def ask(*names: str, more: str = "", figures: bool = False) -> httpx.Response:
        path = "/_amlet/studio/compare" if figures else "/compare"
        query = workspace_url("", WORKSPACE) + "".join(f"&job={name}" for name in names)
        return get(f"{path}{query}{more}&key={emulator.secrets.page_key}")

    return ask


@pytest.fixture(autouse=True)
def sweeps(emulator: Emulator) -> None:
    states.write(emulator.store, states.sweep, "calm_fox", 1000.0, trials=6)
    sobol = {"samplingAlgorithmType": "Random", "rule": "Sobol", "seed": 7}
    states.write(emulator.store, states.sweep, "sly_cat", 2000.0, trials=6, algorithm=sobol)


def test_of_two_sweeps_only_what_differs_is_shown(compare: Any) -> None:
    page = compare("calm_fox", "sly_cat").text
    assert "rule Sobol" in page
    assert "search space: lr" not in page
    assert "search space: lr" in compare("calm_fox", "sly_cat", more="&all=1").text


def test_what_came_of_each_job_is_shown(compare: Any) -> None:
    page = compare("calm_fox", "sly_cat").text
    assert "Best accuracy" in page
    assert 'href="/runs/sly_cat?wsid=' in page


def test_the_parameters_of_trials_are_compared(compare: Any) -> None:
    page = compare("calm_fox_0", "calm_fox_1").text
    assert '<th scope="row">lr</th>' in page
    assert "accuracy (last)" in page


def test_sweeps_lie_over_each_other_in_one_chart(compare: Any) -> None:
    (chart,) = compare("calm_fox", "sly_cat", figures=True).json()
    assert [line["name"] for line in chart["data"]] == ["calm_fox", "sly_cat"]
    assert len({line["line"]["color"] for line in chart["data"]}) == 2


def test_runs_lie_over_each_other_in_a_chart_for_each_metric(compare: Any) -> None:
    charts = compare("calm_fox_0", "calm_fox_1", figures=True).json()
    assert [chart["layout"]["yaxis"]["title"]["text"] for chart in charts] == ["accuracy", "loss"]


def test_a_name_that_no_job_has_is_said(compare: Any) -> None:
    assert "There is no job called nobody" in compare("calm_fox", "nobody").text


def test_one_job_is_not_a_comparison(compare: Any) -> None:
    assert "Choose two jobs or more." in compare("calm_fox").text


def test_markup_of_users_is_text_in_a_comparison(emulator: Emulator, compare: Any) -> None:
    states.write(emulator.store, states.hostile, 3000.0)
    assert "<script>window" not in compare("hostile_0", "hostile_1").text
    (chart,) = compare("hostile_0", "hostile_1", figures=True).json()
    assert HOSTILE not in chart["data"][0]["name"]


def test_the_list_of_jobs_lets_one_choose(emulator: Emulator, get: Any) -> None:
    page = get(f"/{workspace_url('', WORKSPACE)}&key={emulator.secrets.page_key}").text
    assert 'form="compare" name="job" value="calm_fox"' in page
    assert 'action="/compare"' in page


def test_the_best_so_far_follows_the_goal() -> None:
    values = [(0, 3.0), (1, None), (2, 1.0), (3, 2.0)]
    assert best_by_trial("Minimize", values) == [(0, 3.0), (2, 1.0), (3, 1.0)]


def test_from_the_eleventh_job_on_lines_are_dashed() -> None:
    chart = overlay("loss", "trial", [(place, f"j{place}", [(0, 1.0)]) for place in (0, 10)], steps=True)
    assert [line["line"]["dash"] for line in chart["data"]] == ["solid", "dash"]
    assert colour_of(0) == colour_of(10)
