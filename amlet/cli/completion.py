"""What the shell completes on a command line: names of jobs and experiments, and the keys of `--set`.

A mistake in what was typed so far, an emulator that does not run or a workspace that would have to be asked gives
nothing: completion neither fails nor waits.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import typer

#: Set by the shell while it completes. Source: typer, which names it by the command.
INSTRUCTION = "_AMLET_COMPLETE"

_MOST = 100
_OPTIONS = ("--install-completion", "--show-completion", "--help")


def words_of(environ: Mapping[str, str], arguments: Sequence[str]) -> tuple[str, ...]:
    """The words that name a command: of the line that a shell completes, else those of this process.

    Parameters:
        environ: where shells put the line.
        arguments: what follows the command's name.
    """
    if INSTRUCTION not in environ:
        return tuple(arguments[:2]) or ("--help",)
    import shlex

    line = environ.get("COMP_WORDS") or environ.get("_TYPER_COMPLETE_ARGS") or ""
    with contextlib.suppress(ValueError):
        return tuple(shlex.split(line)[1:3])
    return tuple(line.split()[1:3])


def is_wanted(environ: Mapping[str, str], words: Sequence[str]) -> bool:
    """Whether the command takes the options of completion now, whose making takes time at every start.

    Parameters:
        environ: of this process.
        words: that name a command.
    """
    return INSTRUCTION in environ or any(word.partition("=")[0] in _OPTIONS for word in words[:1])


def job_names(context: typer.Context, incomplete: str) -> list[str]:
    """The names of the newest jobs that begin with a text."""
    return [name for name in _of_jobs(context, "name") if name.startswith(incomplete)]


def experiments(context: typer.Context, incomplete: str) -> list[str]:
    """The experiments of the newest jobs that begin with a text."""
    return [name for name in _of_jobs(context, "experimentName") if name.startswith(incomplete)]


def _of_jobs(context: typer.Context, what: str) -> list[str]:
    """The values of a field of the newest jobs of a running emulator, each once."""
    from amlet.cli.target import TargetOptions, choose
    from gateway.client.job_operations import JobOperations

    given = context.params
    try:
        state_dir = given.get("state_dir")
        names: dict[str, Any] = {name: given.get(name) for name in ("workspace_name", "resource_group", "subscription")}
        target = choose(TargetOptions(bool(given.get("emulator")), Path(state_dir) if state_dir else None, **names))
        if not target.is_emulator:
            return []
        documents = JobOperations(target.connect()).documents(limit=_MOST)
        values = [document.get(what) or document["properties"].get(what) for document in documents]
    except Exception:  # noqa: BLE001 - a shell that completes shows no errors
        return []
    return list(dict.fromkeys(str(value) for value in values if value))


def change_keys(context: typer.Context, incomplete: str) -> list[str]:
    """The fields of the file that `-f` names, as `--set` takes them: `limits.max_total_trials=`."""
    from gateway.yaml_text import construct

    given = context.params.get("files") or context.params.get("file")
    try:
        file = Path(str(given[0] if isinstance(given, list | tuple) else given)).expanduser()
        keys = list(_keys(construct(file.read_text(encoding="utf-8-sig"))))
    except Exception:  # noqa: BLE001 - as above
        return []
    return [f"{key}=" for key in keys if key.startswith(incomplete)]


def _keys(content: Any, before: str = "") -> Iterator[str]:
    """The paths of all plain values in a mapping."""
    for name, value in content.items() if isinstance(content, Mapping) else ():
        path = f"{before}{name}"
        if isinstance(value, Mapping):
            yield from _keys(value, f"{path}.")
        elif name != "$schema":
            yield path
