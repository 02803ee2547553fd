"""Our own modules, asked in a browser: the filter, the numbers, the pace."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.studio import assets, text
from tests.emulator.studio.site import Site

pytestmark = pytest.mark.slow


@pytest.fixture
def module(site: Site, page: Any) -> Any:
    """Run a script with a module: `module("numbers.js", "(m, value) => m.shown(value)", 1.5)`."""
    page.goto(site.home())

    def run(name: str, script: str, argument: Any = None) -> Any:
        return page.evaluate(
            f"async (given) => ({script})(await import('{assets.url(name)}'), given)", argument
        )  # fmt: skip

    return run


def test_numbers_read_as_the_server_writes_them(module: Any) -> None:
    values = [
        0,
        1,
        -3,
        0.5,
        1 / 3,
        123456.789,
        1234567.5,
        1e-4,
        1.5e-5,
        9.99999e-5,
        1e6,
        2.5e20,
        -1e-9,
        99999.95,
        None,
        "x",
    ]
    assert module("numbers.js", "(m, values) => values.map(m.shown)", values) == [
        text.number(value) for value in values
    ]


def test_the_points_of_a_column_stand_below_each_other(module: Any) -> None:
    aligned = module(
        "numbers.js", "(m, texts) => texts.map((one) => m.aligned(one, 3))", ["0.125", "0.5", "7", "1e-05"]
    )
    assert aligned == ["0.125", "0.5\u2007\u2007", "7\u2008\u2007\u2007\u2007", "1e-05"]


_KEEPS = """(m, [text, row]) => {
  const column = (name) => (name in row ? [row[name]] : undefined);
  return m.test(m.parse(text), column, () => Object.values(row).join(" ").toLowerCase())(0);
}"""


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("", True),
        ("lr<0.1", True),
        ("lr<0.01", False),
        ("lr >= 0.02 lr<=0.02", True),
        ("kernel=rbf,poly", True),
        ("kernel=RBF", True),
        ("kernel!=rbf", False),
        ("rb", True),
        ("Rbf adam", False),
        ('"my metric">2', True),
        ('"my metric">3', False),
        ("missing=", True),
        ("missing>0", False),
        ("nocolumn=1", False),
        ("lr=0.02,0.03", True),
        ("lr!=0.02", False),
    ],
)
def test_a_filter_keeps_what_it_says(module: Any, written: str, kept: bool) -> None:
    row = {"lr": 0.02, "kernel": "rbf", "my metric": 2.5, "missing": None}
    assert module("filter.js", _KEEPS, [written, row]) is kept


@pytest.mark.parametrize("written", ["lr>=0.1 kernel=a,b words", '"a b"="c \\" d"', '"<x>"!="%{y}"', 'a="\\\\"'])
def test_a_filter_that_is_written_again_says_the_same(module: Any, written: str) -> None:
    twice = "(m, text) => [m.parse(text), m.parse(m.written(m.parse(text)))]"
    first, second = module("filter.js", twice, written)
    assert first == second


def test_bursts_of_work_become_two_turns_and_none_is_lost(module: Any) -> None:
    script = """async (m) => {
      let turns = 0, seen = 0, wanted = 0;
      const poke = m.paced(async () => { turns += 1; seen = wanted; });
      for (wanted = 1; wanted < 50; wanted += 1) poke();
      await new Promise((done) => setTimeout(done));
      while (turns < 1) await new Promise((done) => setTimeout(done, 5));
      const first = turns;
      wanted = 99;
      poke();
      while (seen !== 99) await new Promise((done) => setTimeout(done, 5));
      return [first, turns];
    }"""
    assert module("pace.js", script) == [1, 2]


@pytest.mark.parametrize(("across", "up", "trial"), [(0.25, 0.26, 1), (0.25, 0.74, 2), (0.25, 0.5, None), (1, 0.0, 2)])
def test_the_line_below_the_pointer_is_the_nearest_one(
    module: Any, across: float, up: float, trial: int | None
) -> None:
    traces = [{"y": [0, 1, None, 1, 0, None], "customdata": [1, 1, 1, 2, 2, 2], "line": {"color": "#123456"}}]
    script = "(m, [traces, across, up]) => m.nearest(m.strandsOf(traces, 2), across, up, 300)?.trial ?? null"
    assert module("strands.js", script, [traces, across, up]) == trial


def test_what_is_in_sight_is_done_first(module: Any) -> None:
    script = """async (m) => {
      const done = [], place = (top) => ({ getBoundingClientRect: () => ({ top, bottom: top + 10 }) });
      const work = (name) => async () => void done.push(name);
      await m.inTurn([[place(99999), work("far")], [place(0), work("near")], [place(-99), work("above")]]);
      return done;
    }"""
    assert module("in_turn.js", script) == ["near", "far", "above"]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("lr>0.1 adam", []),
        ("kernel=rbf", []),
        ("learning>1", ["There is no column learning."]),
        ("lr>high", ["high in lr>high is not a number."]),
        ("lr<", ["lr< needs a number."]),
    ],
)
def test_what_a_filter_cannot_mean_is_said(module: Any, written: str, told: list[str]) -> None:
    script = "(m, text) => m.troubles(m.parse(text), (name) => ['lr', 'kernel'].includes(name))"
    assert module("filter.js", script, written) == told


def test_a_time_to_come_is_not_just_now(module: Any) -> None:
    assert module("dates.js", "(m, past) => m.ago(past)", -3600) == ""
    assert module("dates.js", "(m, past) => m.ago(past)", 3) == "just now"
