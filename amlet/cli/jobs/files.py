"""Job files on the command line: loading them with changes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from amlet.cli.completion import change_keys
from amlet.cli.exits import Exit, Refusal

if TYPE_CHECKING:
    from gateway.builders.command import Command
    from gateway.entities.sweep_job import SweepJob

Changes = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="PATH=VALUE", help="Replace a field of the file; may be repeated.", autocompletion=change_keys
    ),
]


def load(file: Path, changes: list[str], name: str | None = None) -> SweepJob | Command:
    """The job of a YAML file.

    Parameters:
        file: the file.
        changes: `path=value` texts; values that are YAML lists or mappings are read as such.
        name: a name instead of the file's.
    """
    from gateway.serialization.yaml import load_job

    job = load_job(file, params_override=changes_of(changes))
    if name:
        job.name = name
    return job


def changes_of(texts: list[str]) -> list[dict[str, Any]]:
    """What `load_job` takes as `params_override`, from `PATH=VALUE` texts."""
    return [_change(text) for text in texts]


def _change(text: str) -> dict[str, Any]:
    import yaml

    path, sign, value = text.partition("=")
    if not sign or not path:
        raise Refusal(f"--set {text!r}: expected PATH=VALUE, such as limits.max_total_trials=4", Exit.USAGE)
    try:
        content = yaml.safe_load(value)
    except yaml.YAMLError:
        return {path: value}
    # Text that means a number or a date stays text, as in `az`: only the field knows, and a tag wants the text.
    return {path: content if content is None or isinstance(content, bool | dict | list) else value}
