"""Stands for a training program: the closer the learning rate to 0.1, the better."""

import argparse

from gateway.tracking import log_metric

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, required=True)
lr = parser.parse_args().lr
for step in range(3):
    log_metric("accuracy", 1 - abs(lr - 0.1) - 0.1 / (step + 1), step)
