"""Write how far a line is from the points."""

import argparse
import json
from pathlib import Path

parser = argparse.ArgumentParser()
parser.add_argument("--data", type=Path)
parser.add_argument("--model", type=Path)
parser.add_argument("--report", type=Path)
args = parser.parse_args()

points = json.loads((args.data / "points.json").read_text())
line = json.loads((args.model / "line.json").read_text())
loss = sum((line["a"] * x + line["b"] - y) ** 2 for x, y in points) / len(points)
(args.report / "report.json").write_text(json.dumps({**line, "loss": loss}))
print(f"loss {loss:.4f} of the line with learning rate {line['learning_rate']}")
