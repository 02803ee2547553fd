"""What the scripts of a page ask for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from emulator.services.context import Emulator
from emulator.storage import jobs, metrics
from emulator.storage.metrics import Point
from emulator.studio import logs
from tests.emulator.studio import states
from tests.emulator.studio.states import WORKSPACE

Get = Callable[..., httpx.Response]


@pytest.fixture
def data(emulator: Emulator, get: Get, url_of: Callable[..., str]) -> Callable[..., httpx.Response]:
    """Ask for a part of the data of a job."""
    states.write(emulator.store, states.sweep, "calm_fox", 1000.0)

    def ask(part: str, name: str = "calm_fox", more: str = "", **options: Any) -> httpx.Response:
        return get(url_of(name, more).replace(f"/runs/{name}", f"/_amlet/studio/jobs/{name}/{part}"), **options)

    return ask


def test_the_trials_come_by_columns_of_one_length(data: Get) -> None:
    table = data("trials").json()
    columns = [table[name] for name in ("trial", "name", "status", "started", "intervals", "objective", "cut")]
    columns += [*table["parameters"].values(), *table["metrics"].values()]
    assert {len(column) for column in columns} == {24}
    assert set(table["parameters"]) == {"lr", "batch_size", "dropout", "optimizer"}
    best = max(value for value in table["objective"] if value is not None)
    assert table["objective"][table["best"]] == best


def test_a_trial_that_the_policy_stopped_has_the_interval(data: Get) -> None:
    table = data("trials").json()
    cut = [row for row, interval in enumerate(table["cut"]) if interval is not None]
    assert cut
    assert all(table["status"][row] == "Canceled" and table["intervals"][row] == table["cut"][row] for row in cut)


def test_what_has_not_changed_is_not_sent_again(emulator: Emulator, data: Get) -> None:
    first = data("trials")
    etag = {"If-None-Match": first.headers["etag"]}
    assert data("trials", headers=etag).status_code == 304
    child = jobs.find(emulator.store.reader(), WORKSPACE, "calm_fox_3")
    assert child is not None
    states.write(emulator.store, metrics.append, child.id, [("accuracy", Point(0.5, 1.0))])
    assert data("trials", headers=etag).status_code == 200


def test_the_scatter_shows_the_columns_that_were_asked_for(data: Get) -> None:
    figures = data("figures", more="&x=dropout&y=loss").json()
    assert (figures["x"], figures["y"]) == ("dropout", "loss")
    assert figures["scatter"]["layout"]["xaxis"]["title"]["text"] == "dropout"
    other = data("figures", more="&x=nonsense").json()
    assert (other["x"], other["y"]) == ("lr", "accuracy")


def test_the_curves_have_the_marks_and_the_threshold_of_the_policy(data: Get) -> None:
    names = [trace["name"] for trace in data("figures").json()["curves"]["data"]]
    assert "policy's threshold" in names
    assert "stopped here" in names


def test_a_run_has_a_figure_for_each_metric(data: Get) -> None:
    assert set(data("figures", "calm_fox_1").json()["metrics"]) == {"accuracy", "loss"}


def test_many_values_are_thinned_out_but_the_first_and_the_last(emulator: Emulator) -> None:
    from emulator.storage import trials

    sweep = states.write(emulator.store, states.sweep, "long", 1000.0, trials=2, steps=500, slots=2)
    values = [value for value in trials.values(emulator.store.reader(), sweep, "accuracy", 20) if value.trial == 0]
    assert values[0].n == 1
    assert values[-1].n == 500
    assert len(values) <= 22


def test_data_wants_the_page_key(data: Get, emulator: Emulator) -> None:
    assert data("trials").status_code == 200
    assert data("trials", more="", params={"wsid": str(WORKSPACE), "key": "no"}).status_code == 403


def test_a_log_goes_on_where_it_was_left_and_no_letter_is_cut(emulator: Emulator, data: Get) -> None:
    file = states.log(emulator.place.run_artifacts(WORKSPACE, "calm_fox"), "")
    file.write_bytes("ab é".encode()[:-1])
    first = data("log/user_logs/std_log.txt").json()
    assert (first["text"], first["end"]) == ("ab ", 3)
    file.write_bytes("ab é!".encode())
    second = data("log/user_logs/std_log.txt", more=f"&from={first['end']}").json()
    assert (second["text"], second["end"], second["size"]) == ("é!", 6, 6)
    file.write_bytes(b"new")
    assert data("log/user_logs/std_log.txt", more="&from=6").json()["text"] == "new"


def test_of_a_long_log_the_end_is_shown(emulator: Emulator, data: Get) -> None:
    file = states.log(emulator.place.run_artifacts(WORKSPACE, "calm_fox"), "x" * 1_000_000 + "end")
    shown = logs.stretch(file)
    assert shown.text.endswith("end")
    assert shown.begin > 0
    assert len(shown.text) < 300_000


def test_only_logs_are_served_as_logs(emulator: Emulator, data: Get) -> None:
    states.log(emulator.place.run_artifacts(WORKSPACE, "calm_fox"), "x", "outputs/secret.txt")
    assert data("log/outputs/secret.txt").status_code == 404
    assert data("log/user_logs/../outputs/secret.txt").status_code == 404
