"""Fit y = a x + b to points by gradient descent, and log the loss of each step."""

import argparse
import json
from pathlib import Path

from gateway import tracking

parser = argparse.ArgumentParser()
parser.add_argument("--data", type=Path)
parser.add_argument("--learning-rate", type=float)
parser.add_argument("--model", type=Path)
args = parser.parse_args()

points = json.loads((args.data / "points.json").read_text())
a = b = 0.0
for step in range(20):
    errors = [(a * x + b - y, x) for x, y in points]
    tracking.log_metric("loss", sum(error * error for error, _ in errors) / len(points), step=step)
    a -= args.learning_rate * sum(error * x for error, x in errors) / len(points)
    b -= args.learning_rate * sum(error for error, _ in errors) / len(points)
(args.model / "line.json").write_text(json.dumps({"a": a, "b": b, "learning_rate": args.learning_rate}))
