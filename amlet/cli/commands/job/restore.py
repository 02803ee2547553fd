"""`amlet job restore`: show a hidden job."""

from __future__ import annotations

from amlet.cli.command import Name, NameOption, command, one_name
from amlet.cli.target import Target


@command()
def restore(target: Target, name: Name = None, option: NameOption = None) -> None:
    """Show an archived job in lists again."""
    from gateway.client.job_operations import JobOperations

    JobOperations(target.connect()).restore(one_name(name, option))
