"""`amlet job create --dry-run`: what a submit would do, and how the official SDK would do the same."""

from __future__ import annotations

from pathlib import Path

from amlet.cli.job_files import changes_of
from amlet.cli.target import Target
from amlet.cli.verbs import Show
from gateway.entities.job import Job


def show_plan(target: Target, show: Show, job: Job, *, file: Path, overrides: list[str], compare_sdk: bool) -> None:
    """Show what submitting a job would do; nothing is changed, no emulator is started.

    Parameters:
        target: where the job would go.
        show: writes the plan.
        job: the job.
        file: it is from.
        overrides: `PATH=VALUE` texts that were applied to it.
        compare_sdk: build the same job with the official SDK too, and show the difference.

    Raises:
        Refusal: no emulator runs; the official SDK is wanted and not installed.
    """
    from gateway.operations.plan import plan

    if compare_sdk:
        from amlet.cli import comparing

        comparing.require_sdk()
    connection = target.connect()
    ours = connection.run(plan(connection.workspace, job, {}))
    if not compare_sdk:
        show(ours.document, people=lambda: ours.text)
        return
    comparison = comparing.compare(connection, ours, file, changes_of(overrides))
    show({**ours.document, "comparison": comparison.document}, people=lambda: f"{ours.text}\n\n{comparison.text}")
