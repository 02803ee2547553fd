"""What a page shows of the outputs of a run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from emulator.services.context import Emulator
from emulator.studio import previews
from tests.emulator.studio import states
from tests.emulator.studio.states import HOSTILE, WORKSPACE

Get = Callable[..., httpx.Response]
Url = Callable[..., str]


@pytest.fixture
def folder(emulator: Emulator) -> Path:
    """Where the artifacts of a run lie that has ended."""
    states.write(emulator.store, states.sweep, "calm_fox", 1000.0, trials=2)
    return emulator.place.run_artifacts(WORKSPACE, "calm_fox_0")


def test_json_is_shown_with_a_line_for_each_member(folder: Path) -> None:
    states.log(folder, '{"a":1,"b":[2]}', "outputs/scores.json")
    shown = previews.preview_of(folder, "outputs/scores.json")
    assert shown is not None
    assert shown.text.splitlines()[1] == '  "a": 1,'


def test_what_only_claims_to_be_json_is_shown_as_it_is(folder: Path) -> None:
    states.log(folder, "{nothing", "outputs/scores.json")
    shown = previews.preview_of(folder, "outputs/scores.json")
    assert shown is not None
    assert shown.text == "{nothing"


@pytest.mark.parametrize(("name", "text"), [("t.csv", 'a,"b,c"\n1,2\n'), ("t.tsv", "a\tb,c\n1\t2\n")])
def test_a_table_is_shown_by_rows_and_columns(folder: Path, name: str, text: str) -> None:
    states.log(folder, text, f"outputs/{name}")
    shown = previews.preview_of(folder, f"outputs/{name}")
    assert shown is not None
    assert list(map(list, shown.rows)) == [["a", "b,c"], ["1", "2"]]


def test_of_a_large_file_the_beginning_is_shown_and_that_is_said(folder: Path) -> None:
    states.log(folder, "x" * (previews.MOST_BYTES + 1), "outputs/a.txt")
    states.log(folder, "1,2\n" * 1000, "outputs/a.csv")
    text, table = (previews.preview_of(folder, f"outputs/a.{kind}") for kind in ("txt", "csv"))
    assert text is not None
    assert table is not None
    assert (text.cut, len(text.text)) == (True, previews.MOST_BYTES)
    assert (table.cut, len(table.rows)) == (True, previews.MOST_ROWS + 1)


@pytest.mark.parametrize("path", ["outputs/nothing.txt", "outputs/../../secret.txt", "outputs/weights.bin"])
def test_nothing_else_is_shown(folder: Path, path: str) -> None:
    states.log(folder.parent, "secret", "secret.txt")
    states.log(folder, "weights", "outputs/weights.bin")
    assert previews.preview_of(folder, path) is None


def test_the_page_shows_a_file_that_its_address_names(folder: Path, get: Get, url_of: Url) -> None:
    states.log(folder, f"name,value\n{HOSTILE},2\n", "outputs/scores.csv")
    page = get(url_of("calm_fox_0", "&tab=outputs&file=outputs/scores.csv")).text
    assert '<th scope="col">value</th>' in page
    assert "<script>window" not in page
    assert "There is no preview of no.csv." in get(url_of("calm_fox_0", "&tab=outputs&file=no.csv")).text


def test_html_is_shown_in_a_sandbox_only(folder: Path, get: Get, url_of: Url) -> None:
    states.log(folder, HOSTILE, "outputs/report.html")
    page = get(url_of("calm_fox_0", "&tab=outputs&file=outputs/report.html"))
    assert '<iframe class="preview" sandbox title="outputs/report.html"' in page.text
    address = url_of("calm_fox_0").replace("/runs/calm_fox_0", "/runs/calm_fox_0/files/outputs/report.html")
    framed, saved = get(f"{address}&view=frame"), get(address)
    assert framed.headers["content-type"].startswith("text/html")
    assert framed.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert saved.headers["content-disposition"].startswith("attachment")


def test_the_page_of_a_sweep_offers_the_outputs_of_its_best_trial_as_a_model(
    emulator: Emulator, folder: Path, get: Get, url_of: Url
) -> None:
    for trial in ("calm_fox_0", "calm_fox_1"):
        states.log(emulator.place.run_artifacts(WORKSPACE, trial), "w", "outputs/model/weights.bin")
    page = get(url_of("calm_fox", "&tab=outputs")).text
    assert "<option>outputs/model</option>" in page
