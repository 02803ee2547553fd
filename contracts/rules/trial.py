"""What a job runs and on what: command and environment, of a trial and of a command job alike; resources and queue."""

from __future__ import annotations

import re

from contracts.diagnostics.shortening import shown
from contracts.rules.finding import Node, check_enum

_SHM_SIZE = re.compile(r"\d+[bBkKmMgG]\Z")


def check_trial(node: Node) -> None:
    """Refuse an empty command or environment and negative counts.

    Source: minLength and pattern of the definitions TrialComponent and CommandJob; a missing environment is refused
    at PUT.
    """
    for key, remedy in (
        ("command", "Give the command that the trial runs, such as python train.py."),
        ("environmentId", "Name an environment, such as azureml:my-env:1."),
    ):
        if node[key].text is not None and not re.search(r"\w", node[key].text or ""):
            node[key].error("Empty", f"{key} is {shown(node[key].value)}.", remedy)
    for key, count in node["distribution"]:
        if key.endswith("Count") or key == "processCountPerInstance":
            _check_count(count, 0)


def check_resources(node: Node) -> None:
    """Refuse fewer than one instance and a shared-memory size without its unit.

    Source: definition JobResourceConfiguration.
    """
    _check_count(node["instanceCount"], 1)
    size = node["shmSize"]
    if size.text is not None and not _SHM_SIZE.match(size.text):
        size.error(
            "InvalidShmSize", f"{shown(size.text)} is not a size.", "Write a number and b, k, m or g, such as 2g."
        )


def check_queue_settings(node: Node) -> None:
    """Refuse an unknown tier with the service's sentence; point out a priority outside 1..3.

    Source: azure-sdk-for-python issue 37867 (the sentence leaves out `Null`, which the enum has), enum JobTier.
    """
    if (node["jobTier"].text or "").lower() != "null":
        check_enum(node["jobTier"], "Spot", "Basic", "Standard", "Premium")
    priority = node["priority"]
    if priority.integer is not None and not 1 <= priority.integer <= 3:
        priority.warning("UnknownPriority", f"It is {priority.integer}.", "Give 1 (low), 2 (medium) or 3 (high).")


def _check_count(node: Node, least: int) -> None:
    if node.integer is not None and node.integer < least:
        node.error("InvalidCount", f"It is {node.integer}.", f"Give {least} or more.")
