"""Queue settings."""

from __future__ import annotations

from contracts.rules.finding import Node, check_enum


def check_queue_settings(node: Node) -> None:
    """Refuse an unknown tier with the service's sentence; point out a priority outside 1..3.

    Source: azure-sdk-for-python issue 37867 (the sentence leaves out `Null`, which the enum has), enum JobTier.
    """
    if (node["jobTier"].text or "").lower() != "null":
        check_enum(node["jobTier"], "Spot", "Basic", "Standard", "Premium")
    priority = node["priority"]
    if priority.integer is not None and not 1 <= priority.integer <= 3:
        priority.warning("UnknownPriority", f"It is {priority.integer}.", "Give 1 (low), 2 (medium) or 3 (high).")
