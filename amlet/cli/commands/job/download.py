"""`amlet job download`: the files of a job."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from amlet.cli.command import Name, NameOption, command, one_name
from amlet.cli.output import put, say
from amlet.cli.target import Target


@command()
def download(
    target: Target,
    name: Name = None,
    option: NameOption = None,
    download_path: Annotated[Path, typer.Option("--download-path", "-p", help="The folder they go to.")] = Path(),
    output_name: Annotated[str | None, typer.Option("--output-name", help="Only this named output.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All named outputs too.")] = False,
) -> None:
    """Fetch the logs and outputs of a job that has ended. Of a sweep, those of its best trial."""
    from gateway.operations.download import download as steps

    connection = target.connect()
    folder = download_path.absolute()
    paths = connection.run(
        steps(connection.workspace, one_name(name, option), folder, output_name=output_name, everything=everything)
    )
    say(f"{len(paths)} files are in {folder}")
    put("".join(f"{path}\n" for path in paths))
