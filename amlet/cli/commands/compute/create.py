"""`amlet compute create`: make a cluster, or change one."""

from __future__ import annotations

from typing import Annotated

import typer

from amlet.cli.command import Name, NameOption, Show, command, one_name
from amlet.cli.target import Target


@command()
def create(
    target: Target,
    show: Show,
    name: Name = None,
    option: NameOption = None,
    size: Annotated[str | None, typer.Option("--size", help="Of its machines: Standard_DS3_v2.")] = None,
    min_instances: Annotated[int, typer.Option("--min-instances", min=0, help="Nodes that are always there.")] = 0,
    max_instances: Annotated[int, typer.Option("--max-instances", min=1, help="Nodes at most.")] = 1,
    tier: Annotated[str | None, typer.Option("--tier", help="dedicated or low_priority.")] = None,
    location: Annotated[str | None, typer.Option("--location", help="The region; by default the workspace's.")] = None,
) -> None:
    """Make a cluster, or change one, and wait until it is there."""
    from amlet.cli.assets.kinds import KINDS
    from amlet.cli.assets.shape import shape
    from amlet.cli.assets.verbs import operations
    from gateway.entities import AmlCompute

    cluster = AmlCompute(
        name=one_name(name, option, what="compute"),
        size=size,
        min_instances=min_instances,
        max_instances=max_instances,
        tier=tier,
        location=location,
    )
    show(shape(operations(target, KINDS["compute"]).begin_create_or_update(cluster).result()))
