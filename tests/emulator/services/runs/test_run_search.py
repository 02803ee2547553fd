"""Searches for runs find what MLflow's own SQLite store finds, in its order."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.resource_id import WorkspaceId
from emulator.services.context import Emulator
from emulator.services.runs.run_data import batch_of, datasets_of
from emulator.services.runs.runs import RunService
from emulator.services.runs.view import RunView

pytestmark = [pytest.mark.oracle, pytest.mark.filterwarnings("ignore")]

sqlalchemy_store = pytest.importorskip("mlflow.store.tracking.sqlalchemy_store")

WORKSPACE = WorkspaceId("sub", "group", "space")
VIEW = RunView("https://127.0.0.1:8443", "v1.0")

#: Of each run: metrics, parameters, tags, last status, start and end in milliseconds; the third is below the first.
RUNS: list[dict[str, Any]] = [
    {"metrics": {"m": 0.5, "n": 1.0}, "params": {"p": "a"}, "tags": {"t": "x", "team": "Vision"}, "status": "FINISHED"},
    {"metrics": {"m": 0.5}, "params": {"p": "B", "q": "10"}, "tags": {"t": "X"}, "status": "FAILED"},
    {"metrics": {"m": math.nan, "n": -1.0}, "params": {"p": "a_b"}, "tags": {"team": "vision"}, "status": "RUNNING"},
    {"metrics": {"m": math.inf}, "params": {"q": "9"}, "tags": {"t": "50%"}, "status": "KILLED"},
    {"metrics": {"m": -math.inf, "n": 0.0}, "params": {}, "tags": {"t": "[x]"}, "status": "FINISHED"},
    {"metrics": {}, "params": {"p": "a*"}, "tags": {}, "status": "RUNNING"},
    {"metrics": {"n": 0.25}, "params": {"p": ""}, "tags": {"t": "é", "team": "VISION"}, "status": "FAILED"},
]


class Both:
    """The same runs in the emulator and in MLflow's store.

    Parameters:
        emulator: with a store.
        folder: for MLflow's store.
    """

    def __init__(self, emulator: Emulator, folder: Path) -> None:
        from mlflow.entities import Dataset, DatasetInput, InputTag, Metric, Param, RunStatus, RunTag

        self.ours = RunService(emulator)
        self.theirs = sqlalchemy_store.SqlAlchemyStore(f"sqlite:///{folder}/mlflow.db", str(folder / "artifacts"))
        self.experiment = self.theirs.create_experiment("exp")
        self.names: dict[str, str] = {}
        first: dict[str, str] = {}
        for number, one in enumerate(RUNS):
            name, start, end = f"run-{number}", 1_700_000_000_000 + 10 * (number // 2), 1_700_000_001_000 + number % 3
            tags = one["tags"] | {"mlflow.user": "me", "mlflow.note.content": f"note {number}"}
            above = number == 2
            their_tags = tags | (
                {"mlflow.parentRunId": first["theirs"], "mlflow.rootRunId": first["theirs"]} if above else {}
            )
            our_tags = tags | ({"mlflow.parentRunId": first["ours"]} if above else {})
            theirs = self.theirs.create_run(
                self.experiment, "me", start, [RunTag(*tag) for tag in their_tags.items()], name
            ).info.run_id
            ours = asyncio.run(
                self.ours.create(WORKSPACE, None, {
                    "run_name": name, "start_time": start, "tags": _pairs(our_tags), "user_id": "me",
                }, VIEW)
            )["info"]["run_id"]  # fmt: skip
            first = first or {"theirs": theirs, "ours": ours}
            self.names |= {theirs: name, ours: name}
            self.theirs.log_batch(
                theirs,
                [Metric(key, value, start, 0) for key, value in one["metrics"].items()],
                [Param(*param) for param in one["params"].items()],
                [],
            )
            metrics = [
                {"key": key, "value": value if math.isfinite(value) else _word(value), "timestamp": start}
                for key, value in one["metrics"].items()
            ]
            batch = {"metrics": metrics, "params": _pairs(one["params"])}
            asyncio.run(self.ours.log(WORKSPACE, None, ours, batch_of(batch, 0.0)))
            if number % 2:
                inputs = [
                    DatasetInput(
                        Dataset(f"rows{number}", f"d{number}", "local", "{}"),
                        [InputTag("mlflow.data.context", "train")],
                    )
                ]
                self.theirs.log_inputs(theirs, inputs)
                sent = {"datasets": [{
                    "dataset": {"name": f"rows{number}", "digest": f"d{number}"},
                    "tags": [{"key": "mlflow.data.context", "value": "train"}],
                }]}  # fmt: skip
                asyncio.run(self.ours.log(WORKSPACE, None, ours, datasets_of(sent)))
            if one["status"] != "RUNNING":
                self.theirs.update_run_info(theirs, RunStatus.from_string(one["status"]), end, name)
                change = {"status": one["status"], "end_time": end}
                asyncio.run(self.ours.update(WORKSPACE, None, ours, change, VIEW))

    def found(self, text: str, order_by: list[str]) -> tuple[list[str], list[str]]:
        """The names of what either finds."""
        wanted = {"experiment_ids": ["0"], "filter": text, "order_by": order_by}
        ours, _ = self.ours.search(WORKSPACE, wanted, VIEW)
        theirs = self.theirs.search_runs([self.experiment], text, 1, 100, order_by)
        return [one["info"]["run_name"] for one in ours], [one.info.run_name for one in theirs]


def _pairs(values: dict[str, str]) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in values.items()]


def _word(value: float) -> str:
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


@pytest.fixture
def both(make_emulator: Callable[..., Emulator], tmp_path: Path) -> Both:
    return Both(make_emulator(), tmp_path)


_TEXTS = st.sampled_from(
    ["a", "A", "B", "x", "X", "10", "50%", "[x]", "é", "É", "", "Vision", "a*", "a_b", "train", "rows1", "d3", "it''s"]
)
_PATTERNS = st.sampled_from(
    ["%", "a%", "A%", "_", "%i%", "[x]", "50%", "%*", "x", "é", "É", "VIS%", "run-_", "note%", "r%1"]
)
_KEYS = st.sampled_from(["params.p", "param.q", "tags.t", "tag.team", "tags.`absent`", "params.absent"])
_SHOWN = st.sampled_from(
    ["tags.mlflow.runName", "tags.`mlflow.user`", "tags.mlflow.note.content", "run_name", "attributes.user_id"]
)
_METRICS = st.sampled_from(["metrics.m", "metric.n", "metrics.`absent`"])
_TIMES = st.sampled_from(["attributes.start_time", "end_time", "created"])
_ORDERED = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])
_NUMBERS = st.sampled_from(["0", "0.5", "-1", "1", "0.25", "2"])
_MOMENTS = st.integers(1_700_000_000_000, 1_700_000_000_030) | st.integers(1_700_000_001_000, 1_700_000_001_003)
_STATUSES = st.sampled_from(["FINISHED", "FAILED", "RUNNING", "KILLED", "SCHEDULED"])


def _said(*parts: st.SearchStrategy[Any], form: str) -> st.SearchStrategy[str]:
    return st.tuples(*parts).map(lambda values: form.format(*values))


_COMPARISONS = st.one_of(
    _said(_METRICS, _ORDERED, _NUMBERS, form="{} {} {}"),
    _said(_TIMES, _ORDERED, _MOMENTS, form="{} {} {}"),
    _said(_KEYS | _SHOWN, st.sampled_from(["=", "!="]), _TEXTS, form="{} {} '{}'"),
    _said(_KEYS | _SHOWN, st.sampled_from(["LIKE", "ILIKE", "like"]), _PATTERNS, form="{} {} '{}'"),
    _said(_KEYS, st.sampled_from(["IS NULL", "IS NOT NULL", "is not null"]), form="{} {}"),
    _said(st.sampled_from(["=", "!="]), _STATUSES, form="attributes.status {} '{}'"),
    _said(st.sampled_from(["LIKE", "ILIKE"]), st.sampled_from(["F%", "f%", "%ED"]), form="status {} '{}'"),
    _said(
        st.sampled_from(["name", "digest", "context"]), st.sampled_from(["=", "!="]), _TEXTS, form="dataset.{} {} '{}'"
    ),
    _said(
        st.sampled_from(["name", "context"]), st.sampled_from(["LIKE", "ILIKE"]), _PATTERNS, form="datasets.{} {} '{}'"
    ),
    _said(st.sampled_from(["IN", "NOT IN"]), form="dataset.name {} ('rows1', 'rows5')"),
)
_ORDERS = _said(
    st.sampled_from([
        "metrics.m", "metrics.n", "params.p", "params.`q`", "tags.t", "tag.team", "attributes.start_time", "end_time",
        "status", "run_name", "tags.mlflow.runName", "metrics.absent", "user_id",
    ]),
    st.sampled_from(["", " ASC", " DESC", " desc"]),
    form="{}{}",
)  # fmt: skip


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(_COMPARISONS, max_size=3).map(" AND ".join),
    st.lists(_ORDERS, max_size=3, unique_by=lambda text: text.split()[0].split(".", 1)[-1].strip("`")),
)
def test_a_search_finds_what_mlflows_own_store_finds(both: Both, text: str, order_by: list[str]) -> None:
    # The ids of the runs, by which MLflow orders at last, are not the same here and there.
    ours, theirs = both.found(
        text, [*order_by, *([] if any("run" in one.lower() for one in order_by) else ["run_name"])]
    )
    assert ours == theirs


@pytest.mark.parametrize("tag", ["mlflow.parentRunId", "mlflow.rootRunId"])
def test_a_run_is_found_by_the_run_above_it(both: Both, tag: str) -> None:
    ours = both.ours
    (first,), _ = ours.search(WORKSPACE, {"experiment_ids": ["0"], "filter": "run_name = 'run-0'"}, VIEW)
    text = f"tags.{tag} = '{first['info']['run_id']}'"
    found, _ = ours.search(WORKSPACE, {"experiment_ids": ["0"], "filter": text}, VIEW)
    assert [one["info"]["run_name"] for one in found] == ["run-2"]


@pytest.mark.parametrize("text", ["tags.mlflow.rootRunId IS NULL", "tags.mlflow.parentRunId IS NULL"])
def test_runs_without_one_above_them_are_found_too(both: Both, text: str) -> None:
    ours, theirs = both.found(text, ["run_name"])
    assert ours == theirs == [f"run-{number}" for number in range(7) if number != 2]
