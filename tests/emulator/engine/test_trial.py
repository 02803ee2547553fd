from __future__ import annotations

import pytest

from contracts.lifecycle import JobStatus
from emulator.engine.trial import TrialOutcome


@pytest.mark.parametrize(
    ("code", "status", "message"),
    [
        (0, JobStatus.COMPLETED, ""),
        (3, JobStatus.FAILED, "The command exited with code 3."),
        (-9, JobStatus.FAILED, "The command was ended by signal 9 (SIGKILL)."),
        (-11, JobStatus.FAILED, "The command was ended by signal 11 (SIGSEGV)."),
        (-99, JobStatus.FAILED, "The command was ended by signal 99 (unknown)."),
    ],
)
def test_only_exit_code_zero_is_success(code: int, status: JobStatus, message: str) -> None:
    outcome = TrialOutcome.exited(code)
    assert (outcome.status, outcome.message) == (status, message)
    assert (outcome.exit_code, outcome.signal) == ((code, None) if code >= 0 else (None, -code))
