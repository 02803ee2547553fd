"""`amlet job create`: submit a job file, or say what that would do."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from amlet.cli.command import Files, NameOption, Show, command, one_file
from amlet.cli.completion import change_keys
from amlet.cli.exits import EPILOG, Exit, Refusal
from amlet.cli.jobs.files import changes_of, load
from amlet.cli.jobs.output import Raw, Web, az_shape, open_page, people_text
from amlet.cli.local_options import LocalOptions
from amlet.cli.output import Format, say, write_document
from amlet.cli.target import Target

if TYPE_CHECKING:
    from gateway.entities.job import Job


@command(epilog=EPILOG)
def create(
    target: Target,
    show: Show,
    local: LocalOptions,
    files: Files,
    arguments: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NAME] [PATH=VALUE]...", show_default=False, help="The job's name, and fields as with --set."
        ),
    ] = None,
    name: NameOption = None,
    changes: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="PATH=VALUE",
            help="Replace a field of the file; may be repeated.",
            autocompletion=change_keys,
        ),
    ] = None,
    stream: Annotated[bool, typer.Option("--stream", help="Follow the job until it ends.")] = False,
    web: Web = False,
    raw: Raw = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be uploaded, registered and sent; change nothing.")
    ] = False,
    compare_sdk: Annotated[
        bool, typer.Option("--compare-sdk", help="With --dry-run: show what the official SDK would do differently.")
    ] = False,
) -> None:
    """Submit the job of a YAML file."""
    from amlet.cli.jobs.submission import local_choices, submit
    from amlet.cli.progress.follow import follow_job, tell_end
    from amlet.cli.progress.summary import next_steps

    file = one_file(files)
    names = [text for text in arguments or [] if "=" not in text]
    overrides = [*(changes or []), *(text for text in arguments or [] if "=" in text)]
    if len(names) > 1 or (names and name and names[0] != name):
        raise Refusal(f"more than one name is given: {', '.join([*names, *([name] if name else [])])}", Exit.USAGE)
    job = load(file, overrides, names[0] if names else name)
    if compare_sdk and not dry_run:
        raise Refusal("--compare-sdk changes nothing either: give it together with --dry-run", Exit.USAGE)
    if dry_run:
        show_plan(target, show, job, file=file, overrides=overrides, compare_sdk=compare_sdk)
        return
    chosen = local_choices(target, job, local, file.parent)
    connection, document = submit(target, job, chosen)
    if web:
        open_page(document, target)
    if stream:
        code, document = follow_job(connection, document["name"], target, quiet=False)
        show(document if raw else az_shape(document), people=lambda: "")
        tell_end(connection, document)
        for line in next_steps(document, target.flags):
            say(line)
        raise typer.Exit(int(code))
    show(document if raw else az_shape(document), people=lambda: people_text(document, target.link))


def show_plan(target: Target, show: Show, job: Job, *, file: Path, overrides: list[str], compare_sdk: bool) -> None:
    """Show what submitting a job would do; nothing is changed, no emulator is started.

    Parameters:
        target: where the job would go.
        show: writes the plan.
        job: the job.
        file: it is from.
        overrides: `PATH=VALUE` texts that were applied to it.
        compare_sdk: build the same job with the official SDK too, and show the difference.

    Raises:
        Refusal: no emulator runs; the official SDK is wanted and not installed.
    """
    from gateway.operations.plan import plan

    if compare_sdk:
        from amlet.cli import sdk_comparison

        sdk_comparison.require_sdk()
    connection = target.connect()
    ours = connection.run(plan(connection.workspace, job, {}))
    if not ours.signed_in:
        say("Nobody is signed in: what the workspace has already is not known.")
    if not compare_sdk:
        _tell(show, ours.document, ours.text)
        return
    comparison = sdk_comparison.compare(connection, ours, file, changes_of(overrides))
    _tell(show, {**ours.document, "comparison": comparison.document}, f"{ours.text}\n\n{comparison.text}")


def _tell(show: Show, document: dict[str, Any], text: str) -> None:
    """Show a plan; a row of a table would have none of its parts."""
    if show.format is Format.TABLE and not show.query:
        write_document(f"{text}\n")
    else:
        show(document, people=lambda: text)
