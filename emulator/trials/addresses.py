"""Every address of what the emulator holds, brought to the form in which the store keeps it: a long datastore URI.

Sources: https://learn.microsoft.com/azure/machine-learning/how-to-read-write-data-v2 (outputs of jobs, datastores), the
"Artifact Stores" page of MLflow (`runs:/`, `models:/`, `mlflow-artifacts:/`), and azureml-mlflow (`azureml://HOST/...`).
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping

from contracts.resource_id import LONGEST_URI, WorkspaceId
from emulator.executors.base import TrialRefused
from emulator.place import ARTIFACT_STORE
from emulator.project.reference import LATEST, Reference, reference_of
from emulator.storage import assets, jobs
from emulator.storage.jobs import Job
from emulator.trials.output_assets import best_trial, datastore_base, named_outputs, output_place, output_uri

#: Kind under which MLflow's logged models are stored.
LOGGED_MODELS = "loggedModels"
#: The outputs that every job has undeclared: all that its run wrote, by both names.
_OF_THE_RUN = frozenset({"artifacts", "default"})
_RUN = "ExperimentRun/dcid."
#: The key in an asset's document that says where its content is.
_CONTENT: Mapping[str, str] = {"codes": "codeUri", "data": "dataUri", "models": "modelUri"}

_SHORT_DATASTORE = re.compile(
    r"^azureml://datastores/(?P<store>[^/]+)(?:/paths)?/(?P<path>.*)$", re.IGNORECASE | re.DOTALL
)
#: The artifacts of a run as MLflow names them, as its artifact proxy does, and as azureml-mlflow does.
_RUN_FORMS = (
    re.compile(r"^runs:/++(?P<run>[^/]+)(?:/(?P<path>.*))?$", re.DOTALL),
    re.compile(r"^mlflow-artifacts:/++(?:[^/]++/)?ExperimentRun/dcid\.(?P<run>[^/]+)(?:/(?P<path>.*))?$", re.DOTALL),
    re.compile(
        r"^https?://[^/]++/mlflow/[^/]++/subscriptions/[^/]++/resourceGroups/[^/]++/providers/[^/]++/workspaces/[^/]++"
        r"/api/2\.0/mlflow-artifacts/artifacts/ExperimentRun/dcid\.(?P<run>[^/]++)(?:/(?P<path>.*))?$",
        re.DOTALL,
    ),
    re.compile(
        r"^azureml://[^/]++/mlflow/[^/]++/subscriptions/[^/]++/resourceGroups/[^/]++/providers/[^/]++/workspaces/[^/]++"
        r"/experiments/[^/]++/runs/(?P<run>[^/]++)/artifacts(?:/(?P<path>.*))?$",
        re.DOTALL,
    ),
)
_OF_A_WORKSPACE = re.compile(
    r"^azureml:/(?P<workspace>/?subscriptions/[^/]++/resourceGroups/[^/]++(?:/providers/[^/]++)?/workspaces/[^/]++)"
    r"/jobs/(?P<rest>.*)$",
    re.IGNORECASE | re.DOTALL,
)
_ASSET = re.compile(r"^(?:azureml:|models:/|/?subscriptions/)", re.IGNORECASE)


class UnknownAddress(TrialRefused):
    """An address names a job, output or version that there is not; the text says which, and what there is."""


def stored_uri(
    conn: sqlite3.Connection, workspace: WorkspaceId, reference: str, collection: str = "data"
) -> str | None:
    """The URI under which something is stored; None for what is not an address of the emulator's own.

    Parameters:
        workspace: of the job or asset that names it.
        reference: in any spelling.
        collection: `codes`, `data` or `models`, for spellings that do not say it.

    Raises:
        UnknownAddress: it names a job or output that is not there.
    """
    if len(reference) > LONGEST_URI:
        return None
    if short := _SHORT_DATASTORE.match(reference):
        return f"{datastore_base(workspace)}{short['store']}/paths/{short['path']}"
    if within := _OF_A_WORKSPACE.match(reference):
        workspace = WorkspaceId.parse(within["workspace"])
        reference = f"azureml://jobs/{within['rest']}"
    if of_run := next(filter(None, (form.match(reference) for form in _RUN_FORMS)), None):
        return run_uri(workspace, of_run["run"], of_run["path"] or "")
    slash = "/" if reference.endswith("/") else ""
    known = reference_of(reference, collection)
    match known.steps:
        case ("azureml", "jobs", job, "outputs", output, *path):
            inner = "/".join(path[1:] if path[:1] == ["paths"] else path)
            return _output(conn, workspace, job, output, inner and inner + slash)
        case ("azureml", "artifacts", *path):
            return f"{datastore_base(workspace)}{ARTIFACT_STORE}/paths/{'/'.join(path)}"
        case ("models", identity) if reference.startswith("models:"):
            return _logged_model(conn, workspace, identity)
        case ("codes" | "data" | "models" as kind, name, version) if _ASSET.match(reference):
            return _content(conn, _workspace_of(known, workspace), kind, name, version)
    return None


def run_uri(workspace: WorkspaceId, run: str, path: str = "") -> str:
    """The URI of what a run wrote at a path below its own folder."""
    return f"{datastore_base(workspace)}{ARTIFACT_STORE}/paths/{_RUN}{run}" + (f"/{path}" if path else "")


def run_of(uri: str) -> tuple[str, str] | None:
    """The run that a stored URI is among the artifacts of, and the path below the run's folder; None for others."""
    _, among, rest = uri.partition(f"/paths/{_RUN}")
    run, _, path = rest.partition("/")
    return (run, path.rstrip("/")) if among and run else None


def job_of(uri: str) -> str | None:
    """The job that an address names, if it names one."""
    if len(uri) > LONGEST_URI:
        return None
    within = _OF_A_WORKSPACE.match(uri)
    match reference_of(f"azureml://jobs/{within['rest']}" if within else uri).steps:
        case ("azureml", "jobs", job, "outputs", *_) | ("runs", job, *_):
            return job
    found = run_of(uri)
    return found[0] if found else None


def _output(conn: sqlite3.Connection, workspace: WorkspaceId, name: str, output: str, path: str) -> str:
    job = jobs.find(conn, workspace, name)
    if job is None:
        raise UnknownAddress(f"there is no job {name!r} in workspace {workspace.name}")
    if output in _OF_THE_RUN:
        return run_uri(workspace, job.name, path)
    writer = _writer(conn, job, output)
    base = output_uri(writer, output)
    return f"{base.rstrip('/')}/{path}" if path else base


def _writer(conn: sqlite3.Connection, job: Job, output: str) -> Job:
    """The job that wrote an output: for a sweep its best trial."""
    known = [one for one, _ in named_outputs(job)]
    if output not in known:
        there = ", ".join([*known, "artifacts"])
        raise UnknownAddress(f"job {job.name} has no output {output!r}; it has {there}")
    if not job.has_trials:
        return job
    best = best_trial(conn, job)
    if best is None:
        raise UnknownAddress(f"sweep {job.name} has no best trial yet, so its output {output!r} is not there")
    return best


def _logged_model(conn: sqlite3.Connection, workspace: WorkspaceId, identity: str) -> str | None:
    model = assets.get(conn, workspace, LOGGED_MODELS, identity)
    return run_uri(workspace, model.document["run"], model.document["path"]) if model else None


def _content(conn: sqlite3.Connection, workspace: WorkspaceId, kind: str, name: str, version: str) -> str | None:
    name = name.removeprefix("azureml:")
    if version in (LATEST, "@default"):
        asset = next(iter(assets.versions(conn, workspace, kind, name, limit=1)), None)
    else:
        asset = assets.get(conn, workspace, kind, name, version)
    if asset is None:
        # The output of a job under the name that it has when the user gives none, also where the user gave one.
        place = output_place(conn, workspace, f"/{kind}/{name}/versions/{version}")
        return place["uri"] if place else None
    content = asset.document.get(_CONTENT[kind])
    # An asset whose content is again an asset leads nowhere: no service stores such a thing.
    if not isinstance(content, str) or _names_an_asset(content, kind):
        return None
    return stored_uri(conn, workspace, content, kind) or content


def _names_an_asset(content: str, kind: str) -> bool:
    return bool(_ASSET.match(content)) and reference_of(content, kind).steps[0] in _CONTENT


def _workspace_of(known: Reference, own: WorkspaceId) -> WorkspaceId:
    return own if known.workspace in (None, str(own).lower()) else WorkspaceId.parse(known.workspace)
