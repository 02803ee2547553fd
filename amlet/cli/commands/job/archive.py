"""`amlet job archive`: hide a job."""

from __future__ import annotations

from amlet.cli.command import Name, NameOption, command, one_name
from amlet.cli.target import Target


@command()
def archive(target: Target, name: Name = None, option: NameOption = None) -> None:
    """Hide a job from lists."""
    from gateway.client.job_operations import JobOperations

    JobOperations(target.connect()).archive(one_name(name, option))
