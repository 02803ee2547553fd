"""Names: of jobs, and of the search-space parameters, inputs and outputs that become variables of a trial."""

from __future__ import annotations

import re

from contracts.diagnostics.shortening import shown
from contracts.rules.finding import Node

_JOB = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9\-_]{0,254}\Z")
_KEY = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*\Z")


def check_job_name(node: Node) -> None:
    """Refuse a job name outside `^[a-zA-Z0-9][a-zA-Z0-9\\-_]{0,254}$`.

    Source: the path parameter of the published REST operation; refused at PUT.
    """
    if not _JOB.match(node.text or ""):
        node.error(
            "InvalidJobName",
            f"{shown(node.value)} is not a job name.",
            "Begin with a letter or digit; use letters, digits, - and _ only; at most 255 characters.",
        )


def check_keys(node: Node) -> None:
    """Point out keys that no binding can name and no environment variable can carry.

    Source: the official SDK's pattern for inputs and search spaces, `^[a-zA-Z_]+[a-zA-Z0-9_]*$`; its job files
    skip the check.
    """
    for key, entry in node:
        if not _KEY.match(key):
            entry.warning(
                "InvalidKey",
                f"{shown(key)} cannot be part of a binding or of an environment variable's name.",
                "Use letters, digits and underscores, and do not begin with a digit.",
            )
