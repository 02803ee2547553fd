"""A real sweep, watched from its start to its best trial on one page that is never loaded again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from amlet._guard import command_line
from emulator.server.home import Record
from emulator.server.launch import start_detached
from tests.emulator.studio.test_in_browser import expect

pytestmark = pytest.mark.slow

_TRAIN = """
import pathlib, sys, time
from gateway.tracking import log_metric

x, go = float(sys.argv[1]), pathlib.Path(sys.argv[2])
print("x is", x, flush=True)
log_metric("score", -((x - 2) ** 2) - 1, 0)
while not go.exists():
    time.sleep(0.02)
log_metric("score", -((x - 2) ** 2), 1)
"""
_SWEEP = """
type: sweep
trial:
  code: src
  command: {python} train.py ${{{{search_space.x}}}} {go}
  environment: azureml:any:1
compute: azureml:two
sampling_algorithm: grid
search_space: {{x: {{type: choice, values: [1, 2, 3, 4]}}}}
objective: {{goal: maximize, primary_metric: score}}
limits: {{max_total_trials: 4, max_concurrent_trials: 2}}
"""


@pytest.fixture
def emulator(tmp_path: Path) -> Iterator[Record]:
    record = start_detached(command_line(), tmp_path / "home", tmp_path / "home" / "state")
    yield record
    os.kill(record.pid, signal.SIGTERM)
    os.waitpid(record.pid, 0)


def amlet(home: Path, *arguments: str) -> str:
    environment = {**os.environ, "AMLET_HOME": str(home)}
    done = subprocess.run([*command_line(), *arguments], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_sweep_is_watched_from_its_start_to_its_best_trial(emulator: Record, page: Any, tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "train.py").write_text(_TRAIN)
    go = tmp_path / "go"
    (tmp_path / "sweep.yml").write_text(_SWEEP.format(python=sys.executable, go=go))
    address = amlet(
        tmp_path / "home", "job", "create", "-f", str(tmp_path / "sweep.yml"), "--emulator",
        "--query", "services.Studio.endpoint", "-o", "tsv",
    )  # fmt: skip
    page.goto(address.replace(emulator.origin, emulator.http_origin))
    page.evaluate("window.same = true")
    best = page.locator("#head dd a strong")
    expect(page.locator("#head .status").first).to_have_text("Running")
    expect(best).to_have_text("-1")  # x = 2, before it may go on
    page.get_by_role("link", name="Trials", exact=True).click()
    running = page.locator("#trial-table .status.Running")
    expect(running).to_have_count(2)
    go.touch()
    expect(page.locator("#trial-table .status.Completed")).to_have_count(4)
    expect(page.locator("#head .status").first).to_have_text("Completed")
    expect(best).to_have_text("0")
    expect(page.locator("#trial-table tr.best")).to_contain_text("★ 1")
    expect(page.get_by_role("button", name="Cancel")).to_have_count(0)
    assert page.evaluate("window.same")
    page.get_by_role("link", name="Logs", exact=True).click()
    expect(page.locator("#log")).to_contain_text("All jobs generated")
