"""Sweeps whose trials log a value over MLflow, and what is compared of them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

ENDED = ("Completed", "Failed", "Canceled")

TRAIN = """
import json, os, ssl, sys, time, urllib.request
x, takes = float(sys.argv[1]), float(sys.argv[2])
print("x is", x, flush=True)
deadline = time.monotonic() + takes
while time.monotonic() < deadline:
    time.sleep(0.01)
body = {"run_id": os.environ["MLFLOW_RUN_ID"], "key": "loss", "value": x * x, "timestamp": 1, "step": 0}
call = urllib.request.Request(
    os.environ["MLFLOW_TRACKING_URI"] + "/api/2.0/mlflow/runs/log-metric",
    json.dumps(body).encode(),
    {"Authorization": "Bearer " + os.environ["MLFLOW_TRACKING_TOKEN"], "Content-Type": "application/json"},
)
context = ssl.create_default_context(cafile=os.environ["SSL_CERT_FILE"])
urllib.request.urlopen(call, context=context).read()
os.makedirs("outputs", exist_ok=True)
with open("outputs/x.txt", "w") as file:
    file.write(repr(x))
"""

JOB = """
type: sweep
trial:
  command: python train.py ${{{{search_space.x}}}} {takes}
  code: ./code
  environment: azureml:env:1
search_space: {{x: {{type: uniform, min_value: 0, max_value: 1}}}}
sampling_algorithm: {{type: random, seed: 3}}
objective: {{goal: minimize, primary_metric: loss}}
limits: {{max_total_trials: {trials}, max_concurrent_trials: {at_once}}}
compute: azureml:cpu
"""


class State:
    """What the state directory of an emulator says, read while that runs or after it has ended.

    Parameters:
        folder: the state directory.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(f"file:{self._folder / 'amlet.db'}?mode=ro", uri=True)) as connection:
            return connection.execute(statement, values).fetchall()

    def status(self, name: str) -> str:
        return str(self.rows("SELECT status FROM jobs WHERE name = ?", name)[0][0])

    def has_ended(self, name: str) -> bool:
        return self.status(name) in ENDED

    def attempts(self, name: str) -> list[int]:
        """How many attempts each trial had."""
        statement = "SELECT max(a.number) FROM jobs j JOIN attempts a ON a.job = j.id WHERE j.name GLOB ? GROUP BY j.id"
        return [count for (count,) in self.rows(statement, f"{name}_*")]

    def ends(self, name: str) -> list[int]:
        """How often each trial has come to an end."""
        statement = (
            "SELECT count(e.job) FROM jobs j LEFT JOIN events e ON e.job = j.id "
            "AND e.status IN ('Completed', 'Failed', 'Canceled') WHERE j.name GLOB ? GROUP BY j.id"
        )
        return [count for (count,) in self.rows(statement, f"{name}_*")]

    def result(self, name: str) -> list[tuple[Any, ...]]:
        """Of each trial, in order: its status, values of the metric, output and the last line of its log."""
        found = []
        for job, trial, status in self.rows(
            "SELECT id, name, status FROM jobs WHERE name GLOB ? ORDER BY id", f"{name}_*"
        ):
            values = self.rows("SELECT p.value FROM points p JOIN series s ON s.id = p.series WHERE s.job = ?", job)
            [folder] = self._folder.glob(f"artifacts/*/ExperimentRun/dcid.{trial}")
            log = (folder / "user_logs" / "std_log.txt").read_text().splitlines()
            found.append((status, [value for (value,) in values], (folder / "outputs/x.txt").read_text(), log[-1]))
        return found


def write_job(folder: Path, trials: int, at_once: int, takes: float = 0.0) -> Path:
    """The file of a sweep, with its code beside it."""
    (folder / "code").mkdir(exist_ok=True)
    (folder / "code" / "train.py").write_text(TRAIN)
    file = folder / "sweep.yml"
    file.write_text(JOB.format(trials=trials, at_once=at_once, takes=takes))
    return file
