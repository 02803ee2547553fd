"""`amlet datastore create`: make a storage known to a workspace."""

from __future__ import annotations

import os
from io import StringIO
from pathlib import Path
from typing import Annotated

import typer

from amlet.cli.command import Name, NameOption, Show, command, one_name
from amlet.cli.exits import Exit, Refusal
from amlet.cli.target import Target

#: The type of a datastore, by the option that names its storage.
_TYPES = {"container_name": "azure_blob", "file_share_name": "azure_file", "filesystem": "azure_data_lake_gen2"}


@command()
def create(
    target: Target,
    show: Show,
    file: Annotated[
        Path | None, typer.Option("--file", "-f", metavar="FILE", help="Its YAML file, as `az ml` takes it.")
    ] = None,
    account_name: Annotated[str | None, typer.Option("--account-name", help="The storage account.")] = None,
    container_name: Annotated[str | None, typer.Option("--container-name", help="Its blob container.")] = None,
    file_share_name: Annotated[str | None, typer.Option("--file-share-name", help="Or its file share.")] = None,
    filesystem: Annotated[str | None, typer.Option("--filesystem", help="Or its data lake's file system.")] = None,
    name: Name = None,
    option: NameOption = None,
    description: Annotated[str | None, typer.Option("--description", help="What it is.")] = None,
    account_key: Annotated[
        bool, typer.Option("--account-key", help="Sign in with the key in AZURE_STORAGE_KEY; else as the caller.")
    ] = False,
    sas_token: Annotated[
        bool, typer.Option("--sas-token", help="Or with the signature in AZURE_STORAGE_SAS_TOKEN.")
    ] = False,
) -> None:
    """Make a blob container, a file share or a data lake known to the workspace, or change how it is."""
    from amlet.cli.assets.kinds import KINDS
    from amlet.cli.assets.shape import shape
    from amlet.cli.assets.verbs import operations
    from gateway import load_datastore

    storage = {"container_name": container_name, "file_share_name": file_share_name, "filesystem": filesystem}
    given = {key: text for key, text in storage.items() if text}
    if file is None and len(given) != 1:
        raise Refusal(
            "which storage? give -f FILE, or --account-name with one of --container-name, --file-share-name, "
            "--filesystem",
            Exit.USAGE,
        )
    fields: dict[str, object] = {**given, "account_name": account_name, "description": description}
    if file is None:
        fields["type"] = _TYPES[next(iter(given))]
    if file is None or name or option:
        fields["name"] = one_name(name, option, what="datastore")
    fields["credentials"] = _credentials(account_key=account_key, sas_token=sas_token)
    store = load_datastore(
        file or StringIO("{}"), params_override=[{key: value} for key, value in fields.items() if value is not None]
    )
    show(shape(operations(target, KINDS["datastore"]).create_or_update(store)))


def _credentials(*, account_key: bool, sas_token: bool) -> dict[str, str] | None:
    """The secret of the environment that an option asks for; never of the command line, which others can read.

    Raises:
        Refusal: the environment does not have it.
    """
    for wanted, field, variable in (
        (account_key, "account_key", "AZURE_STORAGE_KEY"),
        (sas_token, "sas_token", "AZURE_STORAGE_SAS_TOKEN"),
    ):
        if wanted:
            if not os.environ.get(variable):
                raise Refusal(f"--{field.replace('_', '-')}: set {variable} to it", Exit.USAGE)
            return {field: os.environ[variable]}
    return None
