"""`amlet job rerun`: the same trials from the same inputs once more, and what differs."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Annotated, Any

import typer

from amlet.cli.command import Name, NameOption, Show, command, one_name
from amlet.cli.exits import EPILOG, Exit, Refusal
from amlet.cli.jobs.output import people_text
from amlet.cli.local_options import LocalOptions
from amlet.cli.output import say
from amlet.cli.target import Target
from contracts.job_types import PIPELINE, type_of
from contracts.lifecycle import ENDED
from contracts.local_choices import LocalChoices
from gateway.client.connection import Connection

_PAUSE = 0.2  # seconds between two looks at what is not known yet
_PATIENCE = 60.0  # seconds after which it is no longer waited for


@command(epilog=EPILOG)
def rerun(
    target: Target,
    show: Show,
    local: LocalOptions,
    name: Name = None,
    option: NameOption = None,
    stream: Annotated[bool, typer.Option("--stream", help="Follow the job until it ends.")] = False,
) -> None:
    """Submit a job of an emulator again, with the same seed. Says what differs from its first run."""
    from amlet.cli.jobs.submission import submit
    from amlet.cli.jobs.submitted import recorded_job
    from amlet.cli.progress.follow import follow_job, tell_end

    chosen = one_name(name, option)
    if not target.is_emulator:
        raise Refusal(
            "only an emulator records the provenance of a job; for a workspace: "
            f"amlet job export -n {chosen} --to yaml > FILE, then amlet job create -f FILE -n NEW_NAME",
            Exit.USAGE,
        )
    connection = target.connect(start=True)
    before = _provenance(connection, chosen)
    job = recorded_job(connection, chosen)
    connection, document = submit(target, job, _choices(before, local))
    found: list[str] = []
    if type_of(document["properties"]) is PIPELINE:  # its steps are jobs of their own, with a provenance each
        after = before
        say(f"steps that equal earlier ones are not run again; amlet job explain {document['name']} says which")
    else:
        after = _known(connection, document["name"])
        found = list(differences(before["provenance"], after["provenance"]))
        for line in found or ["nothing differs: code, inputs, Python and packages are what they were"]:
            say(line)
    code = Exit.OK
    if stream:
        code, document = follow_job(connection, document["name"], target, quiet=False)
    result = {"name": document["name"], "of": chosen, "seed": after["seed"], "differences": found}
    show(result, people=lambda: people_text(document, target.link))
    if stream:
        tell_end(connection, document)
    raise typer.Exit(int(code))


def differences(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> Iterator[str]:
    """How the provenance of a rerun differs from that of its job, a line each.

    Parameters:
        before, after: what the emulator recorded of both; None where it recorded nothing.
    """
    if before is None or after is None:
        yield f"the provenance of {'the first run' if before is None else 'the rerun'} was not recorded"
        return
    if before["code"] != after["code"]:
        yield f"code: another content ({_brief(before['code'])}, now {_brief(after['code'])})"
    for name in sorted(before["inputs"].keys() | after["inputs"].keys()):
        then, now = before["inputs"].get(name), after["inputs"].get(name)
        if then != now:
            yield f"inputs.{name}: another content ({_brief(then)}, now {_brief(now)})"
    if before["python"] != after["python"]:
        yield f"Python: {before['python']}, now {after['python']}"
    for name in sorted(before["packages"].keys() | after["packages"].keys()):
        then, now = before["packages"].get(name), after["packages"].get(name)
        if then != now:
            yield f"package {name}: {then or 'not installed'}, now {now or 'not installed'}"


def _brief(digest: str | None) -> str:
    return digest[:19] if digest else "none"


def _choices(before: Mapping[str, Any], local: LocalOptions) -> LocalChoices:
    """Those of the first run, but for what the options say."""
    kept = LocalChoices(**{**before["choices"], "terminal": None})
    seed = None if before["seed"] is None else str(before["seed"])
    given: dict[str, str | None] = {
        "python": local.python,
        "project": local.project,
        "env_mode": local.env_mode and local.env_mode.value,
        "env_strict": "true" if local.env_strict else None,
        "env_file": str(local.env_file.absolute()) if local.env_file else None,
    }
    return replace(kept, seed=seed, **{name: text for name, text in given.items() if text is not None})


def _provenance(connection: Connection, name: str) -> dict[str, Any]:
    from gateway.operations import local_jobs

    return connection.run(local_jobs.provenance(connection.workspace, name))


def _known(connection: Connection, name: str) -> dict[str, Any]:
    """How a job was submitted, as soon as its provenance is known or the job has ended."""
    from gateway.operations import jobs

    deadline = time.monotonic() + _PATIENCE
    while True:
        ended = connection.run(jobs.get(connection.workspace, name))["properties"]["status"] in ENDED
        found = _provenance(connection, name)
        if found["provenance"] is not None or ended or time.monotonic() > deadline:
            return found
        time.sleep(_PAUSE)
