"""The trial of the suite: what it does follows from its one parameter `play` alone.

So it can be a real command, and a simulator can play it without running anything. The parameter is a text, steps with
commas between them: `0.5` logs a value of the metric `accuracy`, `w3` waits for three seconds, `x2` ends with exit code
2. A trial without the parameter does nothing, and succeeds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

METRIC = "accuracy"

#: What the trial prints, and the file that it leaves in `outputs`.
GREETING = "suite trial"
OUTPUT = "result.txt"

_PROGRAM = f"""\
import json, os, sys, time, urllib.request as web
server = os.environ["MLFLOW_TRACKING_URI"].replace("azureml://", "https://") + "/api/2.0/mlflow/runs/log-metric"
headers = {{"Authorization": "Bearer " + os.environ["MLFLOW_TRACKING_TOKEN"], "Content-Type": "application/json"}}
run, play, step = os.environ["MLFLOW_RUN_ID"], sys.argv[1].partition("=")[2], 0
print("{GREETING}", run, sys.argv[1], flush=True)
os.makedirs("outputs", exist_ok=True)
open("outputs/{OUTPUT}", "w").write(play)
for one in filter(None, play.split(",")):
    if one[0] == "w":
        time.sleep(float(one[1:]))
    elif one[0] == "x":
        sys.exit(int(one[1:]))
    else:
        point = {{"run_id": run, "run_uuid": run, "key": "{METRIC}", "value": float(one), "step": step}}
        point["timestamp"] = int(time.time() * 1000)
        web.urlopen(web.Request(server, json.dumps(point).encode(), headers)).read()
        step += 1
"""

#: The command line of a trial whose search space has the parameter.
COMMAND = f"python -S -c '{_PROGRAM}' play=${{{{search_space.play}}}}"

_LOGGING = 1.0


@dataclass(frozen=True, slots=True)
class Play:
    """What a trial does, for who does not run it.

    Parameters:
        points: (seconds after its start, value of the metric), the steps in their order.
        duration: seconds from start to end.
        exit_code: how it ends.
    """

    points: tuple[tuple[float, float], ...]
    duration: float
    exit_code: int


def play(parameters: Mapping[str, Any]) -> Play:
    """What the trial with these parameters does; to log a value takes a second.

    >>> play({"play": "0.5,w2,0.7,x3"})
    Play(points=((1.0, 0.5), (4.0, 0.7)), duration=4.0, exit_code=3)
    """
    points: list[tuple[float, float]] = []
    now = 0.0
    for one in filter(None, str(parameters.get("play", "")).split(",")):
        if one[0] == "x":
            return Play(tuple(points), now, int(one[1:]))
        now += float(one[1:]) if one[0] == "w" else _LOGGING
        if one[0] != "w":
            points.append((now, float(one)))
    return Play(tuple(points), now, 0)
