"""`amlet workspace list`: the workspaces of the resource group."""

from __future__ import annotations

from amlet.cli.command import Show, command
from amlet.cli.output import Format, table
from amlet.cli.target import Target


@command()
def list_workspaces(target: Target, show: Show) -> None:
    """List the workspaces of the resource group."""
    from amlet.cli.assets.shape import shape
    from gateway.client.asset_operations import WorkspaceOperations

    rows = [shape(found) for found in WorkspaceOperations(target.connect()).list()]
    short = [{name: row.get(name) for name in ("name", "resource_group", "location", "description")} for row in rows]
    as_table = show.format is Format.TABLE and not show.query
    show(short if as_table else rows, people=lambda: table(short) or "no workspaces")
