"""The objective: a direction and a metric that a trial can log."""

from __future__ import annotations

import re

from contracts.diagnostics.shortening import shown
from contracts.rules.finding import Node, check_enum

_SERVICE = re.compile(r"[a-zA-Z0-9_]")
_MLFLOW = re.compile(r"[/\w.\- :]{1,250}\Z")


def check_objective(node: Node) -> None:
    """Refuse an unknown goal and a name without a letter or digit; point out a name that MLflow cannot log.

    Source: the definition's pattern `[a-zA-Z0-9_]` (whether the metric is ever logged is not checked at submission);
    a bad goal is refused at PUT.
    """
    check_enum(node["goal"], "Minimize", "Maximize")
    metric = node["primaryMetric"]
    if metric.text is None:
        return
    if not _SERVICE.search(metric.text):
        metric.error(
            "InvalidMetricName", f"{shown(metric.text)} is not a metric name.", "Name the metric as it is logged."
        )
    elif not _MLFLOW.match(metric.text):
        metric.warning(
            "UnloggableMetric",
            f"MLflow refuses to log a metric called {shown(metric.text)}.",
            "Use at most 250 letters, digits, underscores, dashes, dots, spaces, colons and slashes.",
        )
