"""`amlet job update`: change a job's display name, description, tags and properties."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from amlet.cli.command import Name, NameOption, Show, command, one_name
from amlet.cli.exits import Exit, Refusal
from amlet.cli.jobs.output import Raw, az_shape, people_text
from amlet.cli.target import Target


@command()
def update(
    target: Target,
    show: Show,
    name: Name = None,
    option: NameOption = None,
    changes: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="FIELD=VALUE", help="display_name, description, tags.KEY or properties.KEY."),
    ] = None,
    raw: Raw = False,
) -> None:
    """Change a job's display name, description, tags or properties. Tags and properties are added."""
    from gateway.operations import jobs

    chosen, body = one_name(name, option), {"properties": _changed_fields(changes or [])}
    connection = target.connect()
    document = connection.run(jobs.update(connection.workspace, chosen, body))
    show(document if raw else az_shape(document), people=lambda: people_text(document, target.link))


def _changed_fields(texts: list[str]) -> dict[str, Any]:
    """The fields of a submitted job that `FIELD=VALUE` texts give, as its body has them.

    Raises:
        Refusal: one of them cannot change.
    """
    plain = {"display_name": "displayName", "description": "description"}
    found: dict[str, Any] = {}
    for text in texts:
        field, sign, value = text.partition("=")
        group, dot, key = field.partition(".")
        if sign and field in plain:
            found[plain[field]] = value
        elif sign and dot and key and group in ("tags", "properties"):
            found.setdefault(group, {})[key] = value
        else:
            raise Refusal(
                f"--set {text!r}: of a submitted job display_name, description, tags.KEY and properties.KEY can change",
                Exit.USAGE,
            )
    return found
