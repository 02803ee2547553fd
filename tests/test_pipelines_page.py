"""docs/pipelines.md: its tests pass, and its commands exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from gateway import load_job
from gateway.entities import PipelineJob

pytest_plugins = "pytester"

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "pipelines.md").read_text(encoding="utf-8")
BLOCKS = dict(re.findall(r"```(?:python|yaml)\n# ([\w.]+)\n(.*?)```", PAGE, re.DOTALL))


@pytest.mark.slow
def test_the_tests_of_the_page_pass(pytester: pytest.Pytester) -> None:
    for name, content in BLOCKS.items():
        (pytester.path / name).write_text(content)
    result = pytester.runpytest_subprocess("-W", "error", "--strict-markers", "-p", "no:cacheprovider")
    result.assert_outcomes(passed=2)


@pytest.mark.parametrize("verb", sorted(set(re.findall(r"^amlet job (\w+)", PAGE, re.MULTILINE))))
def test_a_command_of_the_page_exists(verb: str) -> None:
    assert (ROOT / "amlet" / "cli" / "commands" / "job" / f"{verb}.py").is_file()


def test_the_example_is_a_pipeline_with_a_sweep() -> None:
    (path,) = set(re.findall(r"-f (\S+pipeline\.yml)", PAGE))
    job = load_job(ROOT / path)
    assert isinstance(job, PipelineJob)
    steps = yaml.safe_load((ROOT / path).read_text())["jobs"]
    assert [step["type"] for step in steps.values()] == ["command", "sweep", "command"]
