"""Limits of sweep and command jobs."""

from __future__ import annotations

from contracts.diagnostics.shortening import shown
from contracts.duration import DurationTooLong, parse_duration
from contracts.rules.finding import Node

_MOST_TRIALS = 1000


def check_limits(node: Node) -> None:
    """Refuse numbers of trials outside 1..1000 and unreadable timeouts; point out timeouts under a minute.

    Source: docs page how-to-tune-hyperparameters; the remark "service rounds durations less than 60 seconds to 60 days"
    in the official SDK. No limits at all are accepted.
    """
    for key in ("maxTotalTrials", "maxConcurrentTrials"):
        count = node[key].integer
        if count is not None and not 1 <= count <= _MOST_TRIALS:
            node[key].error("TrialsOutOfRange", f"{key} is {count}.", f"Give a number from 1 to {_MOST_TRIALS}.")
    for key in ("timeout", "trialTimeout"):
        _check_timeout(node[key])


def _check_timeout(node: Node) -> None:
    if node.text is None:
        return
    try:
        seconds = parse_duration(node.text)
    except DurationTooLong:
        node.error("InvalidDuration", f"{shown(node.text)} is longer than P10675199D.", "Leave it out, or give less.")
        return
    except ValueError:
        node.error("InvalidDuration", f"{shown(node.text)} is not an ISO-8601 duration.", "Write PT30M or P1DT2H.")
        return
    if seconds < 60:
        node.warning(
            "ShortTimeout",
            f"The service takes {node.text}, less than a minute, for 60 days.",
            "Give PT1M or more.",
        )
