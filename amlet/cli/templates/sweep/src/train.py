"""One trial: learns to tell points near the origin from points around them, and logs its accuracy after each epoch.

It needs nothing but Python. In Azure's own environments, which have mlflow, mlflow takes the metrics.
"""

import argparse
import math
import random
import time

try:
    from gateway.tracking import log_metric
except ImportError:
    from mlflow import log_metric

EPOCHS = 10
CENTRES = [(x / 2, y / 2) for x in (-2, 0, 2) for y in (-2, 0, 2)]


def features(x: float, y: float, kernel: str) -> list[float]:
    """What the classifier sees of a point."""
    if kernel == "rbf":
        return [1.0, *(math.exp(-2 * ((x - a) ** 2 + (y - b) ** 2)) for a, b in CENTRES)]
    return [1.0, x, y, x * x, x * y, y * y]


def probability(weights: list[float], seen: list[float]) -> float:
    """How likely the point is near the origin."""
    score = sum(weight * value for weight, value in zip(weights, seen))
    return 1 / (1 + math.exp(-score))


def points(count: int, seed: int) -> list[tuple[float, float, bool]]:
    """Random points, and whether each is near the origin; one label in twenty is wrong."""
    source = random.Random(seed)
    places = [(source.uniform(-1.5, 1.5), source.uniform(-1.5, 1.5)) for _ in range(count)]
    return [(x, y, (math.hypot(x, y) < 1) != (source.random() < 0.05)) for x, y in places]


def main() -> None:
    """Train by gradient descent."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lr", type=float, required=True, help="the learning rate")
    parser.add_argument("--kernel", choices=["rbf", "poly"], required=True, help="the features of a point")
    options = parser.parse_args()
    training, test = points(300, seed=1), points(300, seed=2)
    weights = [0.0] * len(features(0, 0, options.kernel))
    for epoch in range(EPOCHS):
        for x, y, is_near in training:
            seen = features(x, y, options.kernel)
            error = is_near - probability(weights, seen)
            weights = [weight + options.lr * error * value for weight, value in zip(weights, seen)]
        right = sum((probability(weights, features(x, y, options.kernel)) > 0.5) == near for x, y, near in test)
        log_metric("accuracy", right / len(test), step=epoch)
        print(f"epoch {epoch}: accuracy {right / len(test):.3f}", flush=True)
        time.sleep(0.05)  # so that there is something to watch


if __name__ == "__main__":
    main()
