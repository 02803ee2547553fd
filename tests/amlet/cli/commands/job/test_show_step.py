"""`amlet job show` and `export` of a step of a pipeline, of which ARM tells nothing."""

from __future__ import annotations

import pytest

from amlet.cli.jobs.output import az_shape, people_text
from gateway import from_arm
from gateway.exceptions import JobException

RUN = {"runId": "guid", "displayName": "fit", "status": "Completed", "experimentId": "e", "parentRunId": "night"}
STEP = {"name": "guid", "properties": {"status": "Completed", "displayName": "fit"}, "run": RUN}


def test_a_step_is_shown_as_run_history_knows_it() -> None:
    shown = az_shape(STEP)
    assert (shown["name"], shown["display_name"], shown["status"]) == ("guid", "fit", "Completed")
    assert "Step of:      night" in people_text(STEP)


def test_a_step_that_shall_be_exported_or_submitted_alone_is_refused_with_its_pipeline() -> None:
    with pytest.raises(JobException, match=r"guid is a step of night: .* Name the pipeline"):
        from_arm(STEP)
