"""A sweep and a pipeline whose trials log values over MLflow, and what is compared of them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

ENDED = ("Completed", "Failed", "Canceled")

#: Begins a script: how it logs a value, also while the emulator is away.
LOG_METRIC = """
import json, os, ssl, time, urllib.error, urllib.request
context = ssl.create_default_context(cafile=os.environ["SSL_CERT_FILE"])

def log(key, value, step):
    body = {"run_id": os.environ["MLFLOW_RUN_ID"], "key": key, "value": value, "timestamp": 1, "step": step}
    call = urllib.request.Request(
        os.environ["MLFLOW_TRACKING_URI"] + "/api/2.0/mlflow/runs/log-metric",
        json.dumps(body).encode(),
        {"Authorization": "Bearer " + os.environ["MLFLOW_TRACKING_TOKEN"], "Content-Type": "application/json"},
    )
    deadline = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(call, context=context).read()
            return
        except urllib.error.HTTPError as error:
            if error.code < 500:
                raise
        except OSError:
            if time.monotonic() > deadline:
                raise
        time.sleep(0.05)
"""

TRAIN = (
    LOG_METRIC
    + """
import sys
x, takes, acknowledged = float(sys.argv[1]), float(sys.argv[2]), sys.argv[3]
print("x is", x, flush=True)
if acknowledged != "-":
    _, job, attempt = os.environ["AMLET_TRIAL"].split("/")
    value = float(time.time_ns() // 1000)
    log("acknowledged", value, int(attempt))
    with open(acknowledged, "a") as file:
        file.write(f"{job} {attempt} {value}\\n")
deadline = time.monotonic() + takes
while time.monotonic() < deadline:
    time.sleep(0.01)
log("loss", x * x, 0)
out = sys.argv[4] if len(sys.argv) > 4 else "outputs"
os.makedirs(out, exist_ok=True)
with open(os.path.join(out, "x.txt"), "w") as file:
    file.write(repr(x))
"""
)

JOB = """
type: sweep
trial:
  command: python train.py ${{{{search_space.x}}}} {takes} {acknowledged}
  code: ./code
  environment: azureml:env:1
search_space: {{x: {{type: uniform, min_value: 0, max_value: 1}}}}
sampling_algorithm: {{type: random, seed: 3}}
objective: {{goal: minimize, primary_metric: loss}}
limits: {{max_total_trials: {trials}, max_concurrent_trials: {at_once}}}
compute: azureml:cpu
"""

PIPELINE = """
type: pipeline
settings: {{default_compute: azureml:cpu}}
jobs:
  first:
    type: command
    component:
      type: command
      name: first
      command: python train.py 0.5 {takes} {acknowledged} ${{{{outputs.made}}}}
      code: ./code
      environment: azureml:env:1
      outputs: {{made: {{type: uri_folder}}}}
  swept:
    type: sweep
    trial:
      type: command
      name: trained
      command: >-
        cat ${{{{inputs.made}}}}/x.txt &&
        python train.py ${{{{inputs.x}}}} {takes} {acknowledged} ${{{{outputs.model}}}}
      code: ./code
      environment: azureml:env:1
      inputs: {{made: {{type: uri_folder}}, x: {{type: number}}}}
      outputs: {{model: {{type: uri_folder}}}}
    inputs: {{made: "${{{{parent.jobs.first.outputs.made}}}}"}}
    outputs: {{model: {{type: uri_folder}}}}
    sampling_algorithm: {{type: random, seed: 3}}
    search_space: {{x: {{type: uniform, min_value: 0, max_value: 1}}}}
    objective: {{goal: minimize, primary_metric: loss}}
    limits: {{max_total_trials: {trials}, max_concurrent_trials: {at_once}}}
  last:
    type: command
    component:
      type: command
      name: last
      command: cat ${{{{inputs.model}}}}/x.txt
      environment: azureml:env:1
      inputs: {{model: {{type: uri_folder}}}}
    inputs: {{model: "${{{{parent.jobs.swept.outputs.model}}}}"}}
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

    def below(self, name: str) -> list[tuple[int, str, str, int]]:
        """Row id, type, status and number of ends of all jobs that belong to one, and of itself."""
        return self.rows(
            "WITH RECURSIVE below (id) AS (SELECT id FROM jobs WHERE name = ? UNION ALL "
            "SELECT j.id FROM jobs j JOIN below b ON j.parent = b.id) "
            "SELECT j.id, j.type, j.status, (SELECT count(*) FROM events e WHERE e.job = j.id "
            "AND e.status IN ('Completed', 'Failed', 'Canceled')) "
            "FROM below b JOIN jobs j ON j.id = b.id ORDER BY j.id",
            name,
        )

    def values(self, job: int, key: str) -> list[float]:
        """The values that a job has logged of a metric."""
        rows = self.rows(
            "SELECT p.value FROM points p JOIN series s ON s.id = p.series WHERE s.job = ? AND s.key = ?", job, key
        )
        return [value for (value,) in rows]

    def last_attempt(self, job: int) -> int:
        """The number of the attempt of a job that counts."""
        [(number,)] = self.rows("SELECT attempt FROM events WHERE job = ? ORDER BY id DESC LIMIT 1", job)
        return int(number)

    def result(self, name: str) -> list[tuple[Any, ...]]:
        """Of each trial, in order: its status, values of the metric, output and the last line of its log."""
        found = []
        for job, trial, status in self.rows(
            "SELECT id, name, status FROM jobs WHERE name GLOB ? ORDER BY id", f"{name}_*"
        ):
            [folder] = self._folder.glob(f"artifacts/*/ExperimentRun/dcid.{trial}")
            log = (folder / "user_logs" / "std_log.txt").read_text().splitlines()
            found.append((status, self.values(job, "loss"), (folder / "outputs/x.txt").read_text(), log[-1]))
        return found


def write_job(
    folder: Path, trials: int, at_once: int, takes: float = 0.0, acknowledged: Path | None = None, job: str = JOB
) -> Path:
    """The file of a sweep or pipeline, with its code beside it.

    Parameters:
        takes: seconds that a trial takes.
        acknowledged: file in which trials note the values that the emulator has acknowledged; None for none.
        job: its text.
    """
    (folder / "code").mkdir(exist_ok=True)
    (folder / "code" / "train.py").write_text(TRAIN)
    file = folder / "job.yml"
    file.write_text(job.format(trials=trials, at_once=at_once, takes=takes, acknowledged=acknowledged or "-"))
    return file
