"""`amlet job`: create, follow, look at, steer and fetch jobs; the verbs and flags of `az ml job`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from amlet.cli import explaining, job_files, report, rerun
from amlet.cli.exits import EPILOG, Exit, Refusal
from amlet.cli.local_options import LocalOptions
from amlet.cli.target import Target
from amlet.cli.verbs import File, Name, NameOption, Show, one_name, say, verb

app = typer.Typer(no_args_is_help=True, help="Submit, follow, steer and fetch jobs.", epilog=EPILOG)
app.command("validate")(job_files.validate)
app.command("export")(job_files.export)
app.command("explain")(explaining.explain)
app.command("report")(report.report)
app.command("rerun", epilog=EPILOG)(rerun.rerun)

Raw = Annotated[bool, typer.Option("--raw", help="Print the service's own document.")]
Web = Annotated[bool, typer.Option("--web", help="Open the job's page in a browser.")]


@app.command(epilog=EPILOG)
@verb
def create(
    target: Target,
    show: Show,
    local: LocalOptions,
    file: File,
    arguments: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NAME] [PATH=VALUE]...", show_default=False, help="The job's name, and fields as with --set."
        ),
    ] = None,
    name: NameOption = None,
    changes: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="PATH=VALUE", help="Replace a field of the file; may be repeated."),
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
    from amlet.cli import creating, following, planning

    names = [text for text in arguments or [] if "=" not in text]
    overrides = [*(changes or []), *(text for text in arguments or [] if "=" in text)]
    if len(names) > 1 or (names and name and names[0] != name):
        raise Refusal(f"more than one name is given: {', '.join([*names, *([name] if name else [])])}", Exit.USAGE)
    job = job_files.load(file, overrides, names[0] if names else name)
    if compare_sdk and not dry_run:
        raise Refusal("--compare-sdk changes nothing either: give it together with --dry-run", Exit.USAGE)
    if dry_run:
        planning.show_plan(target, show, job, file=file, overrides=overrides, compare_sdk=compare_sdk)
        return
    chosen = creating.local_choices(target, job, local, file.parent)
    connection, document = creating.submit(target, job, chosen)
    if web:
        following.open_page(document)
    if stream:
        code, document = following.to_the_end(connection, document["name"], target, quiet=False)
        show(document if raw else job_files.az_shape(document), people=lambda: "")
        raise typer.Exit(int(code))
    show(document if raw else job_files.az_shape(document), people=lambda: following.people_text(document))


@app.command(epilog=EPILOG)
@verb
def stream(target: Target, name: Name = None, option: NameOption = None) -> None:
    """Follow a job until it ends: its log on stdout, progress on stderr."""
    from amlet.cli import following

    code, _ = following.to_the_end(target.connect(), one_name(name, option), target, quiet=True)
    raise typer.Exit(int(code))


@app.command("show")
@verb
def show_job(
    target: Target,
    show: Show,
    name: Name = None,
    option: NameOption = None,
    web: Web = False,
    plot: Annotated[bool, typer.Option("--plot", help="Draw a sweep's best value so far (on stderr).")] = False,
    raw: Raw = False,
) -> None:
    """Show a job; of one that has failed also why."""
    from amlet.cli import following
    from gateway.operations import jobs

    connection = target.connect()
    document = connection.run(jobs.get(connection.workspace, one_name(name, option)))
    if web:
        following.open_page(document)
    show(document if raw else job_files.az_shape(document), people=lambda: following.people_text(document))
    if plot:
        following.draw(connection, document["name"])
    if show.query is None:
        following.explain_end(connection, document)


@app.command("list")
@verb
def list_jobs(
    target: Target,
    show: Show,
    parent: Annotated[
        str | None, typer.Option("--parent-job-name", "-p", help="Only the trials of this sweep.")
    ] = None,
    limit: Annotated[int | None, typer.Option("--max-results", "-r", min=1, help="At most so many.")] = None,
    tag: Annotated[str | None, typer.Option("--tag", help="Only jobs with this tag.")] = None,
    archived_only: Annotated[bool, typer.Option("--archived-only", help="Only archived jobs.")] = False,
    include_archived: Annotated[bool, typer.Option("--include-archived", help="Archived jobs too.")] = False,
    raw: Raw = False,
) -> None:
    """List jobs, newest first."""
    from amlet.cli.output import JOB_COLUMNS, table
    from gateway.client.job_operations import JobOperations
    from gateway.constants import ListViewType

    view = ListViewType.ACTIVE_ONLY
    if archived_only or include_archived:
        view = ListViewType.ARCHIVED_ONLY if archived_only else ListViewType.ALL
    documents = list(JobOperations(target.connect()).documents(parent, view, limit, tag))
    shaped = [job_files.az_shape(document) for document in documents]

    def people() -> str:
        return table([{column: row.get(column) for column in JOB_COLUMNS} for row in shaped]) or "no jobs"

    show(documents if raw else shaped, people=people)


@app.command()
@verb
def cancel(
    target: Target,
    name: Name = None,
    option: NameOption = None,
    no_wait: Annotated[bool, typer.Option("--no-wait", help="Do not wait until it is canceled.")] = False,
) -> None:
    """Cancel a job and wait until it is."""
    from gateway.client.job_operations import JobOperations

    chosen = one_name(name, option)
    poller = JobOperations(target.connect()).begin_cancel(chosen)
    if not no_wait:
        poller.result()
    say(f"{chosen} is {'being canceled' if no_wait else 'canceled'}")


@app.command()
@verb
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
    sys.stdout.writelines(f"{path}\n" for path in paths)


@app.command()
@verb
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
    from amlet.cli import following
    from gateway.operations import jobs

    chosen, body = one_name(name, option), {"properties": job_files.changed_fields(changes or [])}
    connection = target.connect()
    document = connection.run(jobs.update(connection.workspace, chosen, body))
    show(document if raw else job_files.az_shape(document), people=lambda: following.people_text(document))


@app.command()
@verb
def archive(target: Target, name: Name = None, option: NameOption = None) -> None:
    """Hide a job from lists."""
    from gateway.client.job_operations import JobOperations

    JobOperations(target.connect()).archive(one_name(name, option))


@app.command()
@verb
def restore(target: Target, name: Name = None, option: NameOption = None) -> None:
    """Show an archived job in lists again."""
    from gateway.client.job_operations import JobOperations

    JobOperations(target.connect()).restore(one_name(name, option))


@app.command()
@verb
def delete(
    target: Target,
    name: Name = None,
    option: NameOption = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Delete a job that has ended, with its trials and logs."""
    from gateway.client.job_operations import JobOperations

    chosen = one_name(name, option)
    if not yes:
        if not sys.stdin.isatty():
            raise Refusal(f"deleting {chosen} cannot be undone; repeat with --yes", Exit.USAGE)
        typer.confirm(f"Delete {chosen} with all that belongs to it?", abort=True, err=True)
    JobOperations(target.connect()).begin_delete(chosen).result()
    say(f"{chosen} is deleted")
