"""`amlet workspace show`: the configured workspace, and where each name comes from."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from amlet.cli.command import Show, command
from amlet.cli.output import table
from gateway.client import workspace_settings


@command()
def show_workspace(
    show: Show,
    workspace_name: Annotated[str | None, typer.Option("--workspace-name", "-w", help="The workspace.")] = None,
    resource_group: Annotated[str | None, typer.Option("--resource-group", "-g", help="Its resource group.")] = None,
    subscription: Annotated[str | None, typer.Option("--subscription", help="Its subscription.")] = None,
) -> None:
    """Show the names of the workspace, and where each comes from. Nothing is asked of Azure."""
    explicit = {
        "subscription_id": subscription,
        "resource_group": resource_group,
        "workspace_name": workspace_name,
    }
    found = workspace_settings.find(explicit, os.environ, Path.cwd())
    names = {name: getattr(found, name) for name in explicit}
    rows = [
        {"setting": name, "value": known.value if known else None, "source": known.source if known else "not set"}
        for name, known in names.items()
    ]
    show({row["setting"]: {"value": row["value"], "source": row["source"]} for row in rows}, people=lambda: table(rows))
