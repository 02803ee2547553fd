"""The commands that several kinds of assets and resources have alike: list, show, create, archive, delete ..."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from amlet.cli.assets.kinds import KINDS, Kind
from amlet.cli.command import Function, Show, command, one_name
from amlet.cli.exits import Exit, Refusal
from amlet.cli.output import Format, confirm, say, table
from amlet.cli.target import Target

_Name = Annotated[str | None, typer.Argument(metavar="NAME", help="The name.", show_default=False)]
_NameOption = Annotated[str | None, typer.Option("--name", "-n", metavar="NAME", help="The name, as an option.")]
_Version = Annotated[str | None, typer.Option("--version", "-v", help="Which version.")]
_Label = Annotated[str | None, typer.Option("--label", "-l", help="A label instead of a version: latest.")]


def commands_of(kind: str) -> dict[str, Function]:
    """The shared commands of a kind, by the verb that is typed.

    Parameters:
        kind: the name of its group.
    """
    chosen = KINDS[kind]
    return {verb: _MAKERS[verb](chosen) for verb in chosen.verbs}


def operations(target: Target, kind: Kind) -> Any:
    """What the gateway does with a kind, on a target."""
    from gateway.client.ml_client import MLClient

    client = MLClient()
    client.connection = target.connect()
    return getattr(client, kind.operations)


def _list(kind: Kind) -> Function:
    with_a_name = "; with a name its versions" if kind.has_versions else ""
    versioned = ("name", "option", "archived_only", "include_archived")

    @command(help=f"List {kind.plural}{with_a_name}.", without=() if kind.has_versions else versioned)
    def list_all(
        target: Target,
        show: Show,
        name: _Name = None,
        option: _NameOption = None,
        archived_only: Annotated[bool, typer.Option("--archived-only", help="Only archived ones.")] = False,
        include_archived: Annotated[bool, typer.Option("--include-archived", help="Archived ones too.")] = False,
    ) -> None:
        from amlet.cli.assets.shape import shape
        from gateway.constants import ListViewType

        view = ListViewType.ALL if include_archived else ListViewType.ACTIVE_ONLY
        view = ListViewType.ARCHIVED_ONLY if archived_only else view
        chosen = {"name": name or option, "list_view_type": view} if kind.has_versions else {}
        rows = [shape(entity) for entity in operations(target, kind).list(**chosen)]
        known = [name for name in kind.columns if any(row.get(name) for row in rows)]
        short = [{name: row.get(name) for name in known} for row in rows]
        as_table = show.format is Format.TABLE and not show.query
        show(short if as_table else rows, people=lambda: table(short) or f"no {kind.plural}")

    return list_all


def _show(kind: Kind) -> Function:
    what = f"a version of one of the {kind.plural}; by default the latest" if kind.has_versions else f"a {kind.name}"

    @command(help=f"Show {what}.", without=() if kind.has_versions else ("version", "label"))
    def show_one(
        target: Target,
        show: Show,
        name: _Name = None,
        option: _NameOption = None,
        version: _Version = None,
        label: _Label = None,
    ) -> None:
        from amlet.cli.assets.shape import shape

        place = (version, label or (None if version else "latest")) if kind.has_versions else ()
        found = shape(operations(target, kind).get(_one(kind, name, option), *place))
        show(found, people=lambda: "\n".join(f"{name + ':':<22}{text}" for name, text in found.items() if text != {}))

    return show_one


def _create(kind: Kind) -> Function:
    @command(help=f"Register one of the {kind.plural}, from a YAML file or from options; what is local is uploaded.")
    def create(
        target: Target,
        show: Show,
        file: Annotated[Path | None, typer.Option("--file", "-f", metavar="FILE", help="Its YAML file.")] = None,
        name: _NameOption = None,
        version: _Version = None,
        path: Annotated[
            str | None,
            typer.Option("--path", "-p", help="A local path, or an address: azureml://jobs/JOB/outputs/NAME."),
        ] = None,
        type: Annotated[str | None, typer.Option("--type", "-t", help="Its type: uri_file, mlflow_model ...")] = None,  # noqa: A002
        image: Annotated[str | None, typer.Option("--image", help="Of an environment: the container image.")] = None,
        conda_file: Annotated[str | None, typer.Option("--conda-file", help="Of an environment.")] = None,
        changes: Annotated[
            list[str] | None, typer.Option("--set", metavar="PATH=VALUE", help="Replace a field; may be repeated.")
        ] = None,
    ) -> None:
        from amlet.cli.assets.shape import shape
        from amlet.cli.progress.uploads import shown_uploads

        given = {"name": name, "version": version, "path": path, "type": type, "image": image, "conda_file": conda_file}
        entity = _entity(kind, file, {key: text for key, text in given.items() if text}, changes or [])
        with shown_uploads() as on_upload:
            made = operations(target, kind).create_or_update(entity, on_upload=on_upload)
        show(shape(made))

    return create


def _entity(kind: Kind, file: Path | None, given: dict[str, str], changes: list[str]) -> Any:
    """What is registered: of a file with changes, or of options alone."""
    from io import StringIO

    import gateway
    from amlet.cli.jobs.files import changes_of

    if file is None and not given:
        raise Refusal("of what? give -f FILE, or --name and what it is made of", Exit.USAGE)
    load: Callable[..., Any] = getattr(gateway, kind.load or "")
    source = file or StringIO("{}")
    fields = [*changes_of(changes), *({key: text} for key, text in given.items())]
    options = {} if file else {"relative_origin": str(Path.cwd() / "options")}
    return load(source, params_override=fields, **options)


def _archiving(kind: Kind, *, archived: bool) -> Function:
    what = "Hide a version, or a name with all its versions, from lists" if archived else "Show it in lists again"

    @command(help=f"{what}.")
    def change(
        target: Target,
        name: _Name = None,
        option: _NameOption = None,
        version: _Version = None,
        label: _Label = None,
    ) -> None:
        found = operations(target, kind)
        (found.archive if archived else found.restore)(_one(kind, name, option), version, label)

    return change


def _download(kind: Kind) -> Function:
    @command(help=f"Copy the files of a {kind.name} to this machine; by default of the latest version.")
    def download(
        target: Target,
        name: _Name = None,
        option: _NameOption = None,
        version: _Version = None,
        folder: Annotated[
            Path, typer.Option("--download-path", "-p", metavar="DIR", help="The folder they go to.")
        ] = Path(),
    ) -> None:
        found, chosen = operations(target, kind), _one(kind, name, option)
        found.download(chosen, version or found.get(chosen, label="latest").version, folder)

    return download


def _delete(kind: Kind) -> Function:
    @command(help=f"Delete a {kind.name}.")
    def delete(
        target: Target,
        name: _Name = None,
        option: _NameOption = None,
        yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    ) -> None:
        chosen = _one(kind, name, option)
        if not yes:
            if not sys.stdin.isatty():
                raise Refusal(f"deleting {chosen} cannot be undone; repeat with --yes", Exit.USAGE)
            confirm(f"Delete {kind.name} {chosen}?")
        found = operations(target, kind)
        if hasattr(found, "begin_delete"):
            found.begin_delete(chosen).result()
        else:
            found.delete(chosen)
        say(f"{chosen} is deleted")

    return delete


def _switching(kind: Kind, verb: str) -> Function:
    @command(help=f"{verb.capitalize()} a compute instance, and wait until that is done.")
    def switch(target: Target, name: _Name = None, option: _NameOption = None) -> None:
        getattr(operations(target, kind), f"begin_{verb}")(_one(kind, name, option)).result()

    return switch


def _one(kind: Kind, name: str | None, option: str | None) -> str:
    return one_name(name, option, what=kind.name)


_MAKERS: dict[str, Callable[[Kind], Function]] = {
    "list": _list,
    "show": _show,
    "create": _create,
    "archive": lambda kind: _archiving(kind, archived=True),
    "restore": lambda kind: _archiving(kind, archived=False),
    "download": _download,
    "delete": _delete,
    "start": lambda kind: _switching(kind, "start"),
    "stop": lambda kind: _switching(kind, "stop"),
}
