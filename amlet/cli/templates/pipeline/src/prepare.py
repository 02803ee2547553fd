"""Write points near the line y = 2x + 1."""

import argparse
import json
import random
from pathlib import Path

parser = argparse.ArgumentParser()
parser.add_argument("--rows", type=int)
parser.add_argument("--data", type=Path)
args = parser.parse_args()

dice = random.Random(7)
xs = [dice.uniform(-1, 1) for _ in range(args.rows)]
(args.data / "points.json").write_text(json.dumps([(x, 2 * x + 1 + dice.gauss(0, 0.1)) for x in xs]))
print(f"{args.rows} points")
