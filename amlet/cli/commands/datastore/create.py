"""`amlet datastore create`: make a blob container known to a workspace."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from amlet.cli.command import Name, NameOption, Show, command, one_name
from amlet.cli.target import Target


@command()
def create(
    target: Target,
    show: Show,
    account_name: Annotated[str, typer.Option("--account-name", help="The storage account.")],
    container_name: Annotated[str, typer.Option("--container-name", help="Its container.")],
    name: Name = None,
    option: NameOption = None,
    description: Annotated[str | None, typer.Option("--description", help="What it is.")] = None,
    account_key: Annotated[
        bool, typer.Option("--account-key", help="Sign in with the key in AZURE_STORAGE_KEY; else as the caller.")
    ] = False,
) -> None:
    """Make a blob container known to the workspace, or change how it is."""
    from amlet.cli.assets.kinds import KINDS
    from amlet.cli.assets.shape import shape
    from amlet.cli.assets.verbs import operations
    from gateway.entities import AccountKeyConfiguration, AzureBlobDatastore

    key = os.environ.get("AZURE_STORAGE_KEY", "") if account_key else None
    store = AzureBlobDatastore(
        name=one_name(name, option, what="datastore"),
        account_name=account_name,
        container_name=container_name,
        description=description,
        credentials=AccountKeyConfiguration(account_key=key) if key is not None else None,
    )
    show(shape(operations(target, KINDS["datastore"]).create_or_update(store)))
