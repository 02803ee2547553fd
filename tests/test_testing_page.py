"""docs/testing.md: every program on the page runs, and it names every fixture and every key of the marker."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from amlet.testing import marks, plugin

pytest_plugins = "pytester"

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "testing.md").read_text(encoding="utf-8")
BLOCKS = dict(re.findall(r"```python\n# (\w+)\.py\n(.*?)```", PAGE, re.DOTALL))

SURROUNDINGS = '''
import pytest
from gateway import command
from gateway.sweep import Uniform


def make_sweep(**options):
    trial = command(command="python t.py ${{inputs.lr}}", environment="azureml:e:1", inputs={"lr": 0.1})
    return trial(lr=Uniform(0, 1)).sweep(
        sampling_algorithm="random", primary_metric="accuracy", goal="Maximize", max_total_trials=2, **options
    )


@pytest.fixture
def sweep():
    return make_sweep


@pytest.fixture
def script(tmp_path):
    path = tmp_path / "script.py"
    path.write_text("""
from azure.identity import DefaultAzureCredential
from gateway import MLClient, command
job = command(command="python train.py", environment="azureml:e:1")
MLClient(DefaultAzureCredential()).jobs.create_or_update(job)
""")
    return path
'''

WAITING = """
import time
from conftest import make_sweep as sweep


def wait_for(client, job):
    name = client.jobs.create_or_update(job).name
    while (status := client.jobs.get(name).status) not in ("Completed", "Failed", "Canceled"):
        time.sleep(1)
    return status
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["test_first", "test_marked", "test_time", "test_httpx", "test_sdk", "before", "after"]
)
def test_the_tests_of_the_page_pass(pytester: pytest.Pytester, name: str) -> None:
    pytester.makeconftest(SURROUNDINGS)
    beginning = WAITING if name in ("before", "after") else ""
    pytester.makepyfile(**{name if name.startswith("test_") else f"test_{name}": beginning + BLOCKS[name]})
    result = pytester.runpytest_subprocess("-W", "error", "--strict-markers", "-p", "no:cacheprovider")
    result.assert_outcomes(passed=1)


@pytest.mark.slow
def test_the_test_with_the_official_client_passes(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_official_client=BLOCKS["test_official_client"])
    result = pytester.runpytest_subprocess("--strict-markers", "-p", "no:cacheprovider")  # the SDK warns on import
    result.assert_outcomes(passed=1)


def test_the_program_without_pytest_runs() -> None:
    exec(compile(BLOCKS["without_pytest"], "docs/testing.md", "exec"), {})


def test_all_programs_of_the_page_are_tried() -> None:
    assert len(BLOCKS) == PAGE.count("```python") == 9


def test_the_page_names_every_key_of_the_marker() -> None:
    assert [key for key in marks.KEYS if f"`{key}`" not in PAGE] == []


def test_the_page_names_every_fixture() -> None:
    fixtures = [name for name in vars(plugin) if name.startswith("amlet")]
    assert len(fixtures) == 8
    assert [name for name in fixtures if f"| `{name}` |" not in PAGE] == []
