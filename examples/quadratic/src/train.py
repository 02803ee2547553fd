"""Gradient descent on (x - 3)^2 + (y + 1)^2: one trial of the sweep, with a known optimum at (3, -1)."""

import argparse
import time

from gateway.tracking import log_metric

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--x", type=float, required=True, help="where to start")
parser.add_argument("--y", type=float, required=True, help="where to start")
parser.add_argument("--learning-rate", type=float, default=0.1)
parser.add_argument("--steps", type=int, default=8)
parser.add_argument("--seconds-per-step", type=float, default=0.05, help="so that there is something to watch")
options = parser.parse_args()

x, y = options.x, options.y
for step in range(options.steps):
    loss = (x - 3) ** 2 + (y + 1) ** 2
    log_metric("loss", loss, step=step)
    print(f"step {step}: x={x:.3f} y={y:.3f} loss={loss:.4f}", flush=True)
    x -= options.learning_rate * 2 * (x - 3)
    y -= options.learning_rate * 2 * (y + 1)
    time.sleep(options.seconds_per_step)
