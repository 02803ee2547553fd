"""Reports: what they say, and that names of jobs are only text in them."""

from __future__ import annotations

import json
import re

import pytest

from amlet.cli.report.page import page
from amlet.cli.report.text import markdown
from tests.gateway.export.records import sweep

HOSTILE = "</script><img src=x onerror=alert(1)> `@team` |x|"


def test_markdown_tells_the_best_trials_first() -> None:
    lines = markdown(sweep(), [], page=False).splitlines()
    assert lines[0] == "## Sweep s: Completed"
    assert "Best: `s_1`, `accuracy` = **0.9** (maximize)." in lines
    rows = [line for line in lines if line.startswith("| ")]
    assert rows[0] == "| trial | accuracy | lr | kernel | depth | status |"
    assert [row.split(" | ")[0] for row in rows[2:]] == ["| 1", "| 0", "| 2"]


def test_minimizing_the_lowest_is_first() -> None:
    rows = [line for line in markdown(sweep("minimize"), [], page=False).splitlines() if line.startswith("| ")]
    assert rows[2].startswith("| 0 | 0.1 ")


def test_markdown_has_the_story_folded() -> None:
    text = markdown(sweep(), ["s_2 Canceled: behind"], page=False)
    assert "<details><summary>Why</summary>\n\n- s\\_2 Canceled: behind\n\n</details>" in text


def test_names_of_jobs_are_only_text_in_markdown() -> None:
    text = markdown(sweep(metric=HOSTILE, kernel=HOSTILE), [HOSTILE], page=False)
    outside_of_code = re.sub(r"`[^`\n]*`", "", text.replace("\\`", ""))
    assert "<img" not in outside_of_code
    assert "@team" not in outside_of_code
    table = next(line for line in text.splitlines() if line.startswith("| 1 "))
    assert len(re.findall(r"(?<!\\)\|", table)) == 7


def test_the_page_holds_everything_it_needs() -> None:
    text = page(sweep(), ["s_2 Canceled: behind"])
    assert not re.search(r"<(?:script|link|img)[^>]+(?:src|href)=", text)
    assert "default-src &#39;none&#39;" in text or "default-src 'none'" in text
    assert "<li>s_2 Canceled: behind</li>" in text


def test_the_page_draws_the_charts_of_the_studio() -> None:
    found = re.search(r'id="figures">(.*?)</script>', page(sweep(), []), re.DOTALL)
    assert found is not None
    figures = json.loads(found[1])
    assert list(figures) == ["chart-0", "chart-1", "chart-2"]
    best = next(trace for trace in figures["chart-0"]["data"] if trace["meta"] == "best")
    assert best["y"][:3] == [0.2, 0.9, 0.7]


def test_names_of_jobs_are_only_text_in_the_page() -> None:
    text = page(sweep(metric=HOSTILE, kernel=HOSTILE, name="s"), [HOSTILE])
    assert "<img src=x" not in text


@pytest.mark.parametrize("secret", ["services", "key="])
def test_the_page_holds_no_link_of_the_emulator(secret: str) -> None:
    record = sweep()
    assert isinstance(record.document, dict)
    record.document["properties"]["services"] = {"Studio": {"endpoint": "https://127.0.0.1/runs/s?wsid=w&key=k"}}
    document = re.search(r"<pre>(.*?)</pre>", page(record, []), re.DOTALL)
    assert document is not None
    assert secret not in document[1]
