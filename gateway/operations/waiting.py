"""Waiting until a job has ended, without its logs."""

from __future__ import annotations

import math
from typing import Any

from contracts.lifecycle import ENDED
from gateway.operations import jobs
from gateway.operations.stream import Pace, sdk_pace
from gateway.operations.workspace import Workspace
from gateway.transport.steps import Steps, wait


def until_ended(
    workspace: Workspace, name: str, timeout: float | None = None, pace: Pace = sdk_pace
) -> Steps[dict[str, Any]]:
    """Wait until a job has ended and return its ARM document, however it ended.

    Parameters:
        name: name of the job.
        timeout: seconds to wait at most; None waits for ever.
        pace: seconds to the next look, by the seconds waited so far.

    Raises:
        TimeoutError: it has not ended by then; the job goes on.
    """
    waited, longest = 0.0, math.inf if timeout is None else timeout
    while True:
        document = yield from jobs.get(workspace, name)
        status = (document.get("properties") or {}).get("status")
        if status in ENDED:
            return document
        if waited >= longest:
            raise TimeoutError(
                f"job {name} is {status} after {timeout:g} seconds; it goes on: wait again, or cancel it"
            )
        pause = min(pace(waited), longest - waited)
        yield from wait(pause)
        waited += pause
