"""Fetching what a job left behind: logs and artifacts, named outputs, the best trial of a sweep.

The layout is the official client's: `artifacts/`, `named-outputs/<name>/`, and `hd-artifacts/` for a sweep's own.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from contracts.lifecycle import TERMINAL
from gateway import job_types
from gateway.exceptions import JobException, ValidationException
from gateway.operations import jobs
from gateway.operations.containers import BlobEntry, Container, base64_md5, datastore_container, md5_of
from gateway.operations.workspace import Workspace
from gateway.safe_path import inside
from gateway.transport.calls import read_json
from gateway.transport.steps import Steps, together

ARTIFACTS_DATASTORE = "workspaceartifactstore"
#: A short or long `azureml://` address in a datastore.
DATASTORE_URI = re.compile(
    r"^azureml://(?:subscriptions/[^/]+/resourceGroups/[^/]+/(?:providers/[^/]+/)?workspaces/[^/]+/)?"
    r"datastores/(?P<datastore>[^/]+)/(?:paths/)?(?P<path>.*)$",
    re.IGNORECASE | re.DOTALL,
)

_PARTIAL = re.compile(r"(?P<name>.+)\..{8}\.part", re.DOTALL)

#: The longest range for which the storage computes an MD5.
_CHUNK = 4 << 20
_AT_ONCE = 8

OnFile = Callable[[Path, int], None]


@dataclass(frozen=True, slots=True)
class Source:
    """Where files lie.

    Parameters:
        datastore: name of the datastore.
        prefix: the blobs' names begin with it.
    """

    datastore: str
    prefix: str


def download(
    workspace: Workspace,
    name: str,
    folder: Path,
    *,
    output_name: str | None = None,
    everything: bool = False,
    on_file: OnFile = lambda path, size: None,
) -> Steps[list[Path]]:
    """Fetch the logs and artifacts of a job that has ended, or one of its named outputs.

    Of a sweep, the best trial's are fetched, and the sweep's own logs with them. An interrupted download continues.

    Parameters:
        folder: where to; made when it does not exist.
        output_name: only this output.
        everything: also all named outputs.
        on_file: called for each file, with its length in bytes.

    Raises:
        JobException: the job has not ended, or has no such output.
    """
    document = yield from jobs.get(workspace, name)
    properties = document.get("properties") or {}
    if properties.get("status") not in TERMINAL:
        raise JobException(
            f"job {name} is {properties.get('status')}; wait until it has ended: amlet job stream -n {name}"
        )
    fetched: list[Path] = []
    run = name
    own = properties.get("properties") or {}
    # A step that was reused has no files (recorded); those of the run that stands for it are fetched.
    if str(own.get("azureml.isreused")).lower() == "true":
        run = own.get("azureml.reusedrunid") or name
    if job_types.is_sweep(properties):
        run = (properties.get("properties") or {}).get("best_child_run_id") or name
        if run != name and output_name is None:
            fetched += yield from fetch(workspace, _artifacts_of(name), folder / "hd-artifacts", on_file)
    if output_name is None:
        fetched += yield from fetch(workspace, _artifacts_of(run), folder / "artifacts", on_file)
    if output_name is not None or everything:
        registration = job_types.of_body(properties)
        in_history = "run" in document or (registration is not None and registration.outputs_in_history)
        outputs = yield from (_outputs_in_history(workspace, run) if in_history else _outputs(workspace, run))
        if output_name is not None and output_name not in outputs:
            known = ", ".join(sorted(outputs)) or "none"
            raise JobException(f"job {run} has no output {output_name!r}; its named outputs: {known}")
        for output in [output_name] if output_name else sorted(outputs):
            place = _inside(folder, f"named-outputs/{output}")
            fetched += yield from fetch(workspace, outputs[output], place, on_file)
    return fetched


def _artifacts_of(run: str) -> Source:
    return Source(ARTIFACTS_DATASTORE, f"ExperimentRun/dcid.{run}/")


def _outputs(workspace: Workspace, run: str) -> Steps[dict[str, Source]]:
    """Where the named outputs of a run are; an output without an address is at its default place."""
    document = yield from jobs.get(workspace, run)
    outputs: dict[str, Any] = (document.get("properties") or {}).get("outputs") or {}
    found = {}
    for name, output in outputs.items():
        match = DATASTORE_URI.match(str((output or {}).get("uri") or ""))
        if match:
            found[name] = Source(match["datastore"], match["path"])
        elif name != "default":
            found[name] = Source("workspaceblobstore", f"azureml/{run}/{name}/")
    return found


#: Where each kind of asset is resolved to an address. Source: the official client's downloads.
_RESOLVERS = {"data": ("data", "/dataversion"), "models": ("modelregistry", "/models")}
_ASSET = re.compile(r"azureml://.+/(data|models)/[^/]+/versions/[^/]+$")


def _outputs_in_history(workspace: Workspace, run: str) -> Steps[dict[str, Source]]:
    """Where the outputs of a step or a pipeline are: run history names assets, which are resolved."""
    document = yield from jobs.run(workspace, run)
    assets = {name: str((entry or {}).get("assetId") or "") for name, entry in (document.get("outputs") or {}).items()}
    found = {}
    for name, asset in assets.items():
        kind = _ASSET.match(asset)
        if kind is None:
            continue
        service, path = _RESOLVERS[kind[1]]
        request = yield from workspace.service(
            service, "POST", f"{path}/batchGetResolvedUris", body={"values": [asset]}
        )
        answer = yield from read_json(request)
        address = DATASTORE_URI.match(str((answer.get("values") or {}).get(asset, {}).get("uri") or ""))
        if address:
            found[name] = Source(address["datastore"], address["path"])
    return found


def fetch(workspace: Workspace, source: Source, folder: Path, on_file: OnFile) -> Steps[list[Path]]:
    """Fetch what lies at a place into a folder, under the names that follow its prefix.

    Raises:
        JobException: a name leads out of the folder, or a file arrived damaged.
    """
    container = yield from datastore_container(workspace, source.datastore)
    entries = yield from container.names(source.prefix)
    targets = _targets(folder, source.prefix, entries)
    partials = _partials({path.parent for path in targets})
    fetching = [_fetch_blob(container, entry, path, on_file, partials.get(path, ())) for path, entry in targets.items()]
    yield from together(fetching, _AT_ONCE)
    return list(targets)


def _targets(folder: Path, prefix: str, entries: Sequence[BlobEntry]) -> dict[Path, BlobEntry]:
    """Where each blob goes; empty blobs that represent a folder are skipped.

    Raises:
        JobException: a name leads out of the folder, or two blobs would be the same file.
    """
    found: dict[Path, BlobEntry] = {}
    for entry in entries:
        if entry.name.endswith("/") and not entry.size:
            continue
        name = entry.name.removeprefix(prefix).strip("/") or PurePosixPath(prefix).name
        path = _inside(folder, name)
        if path in found:
            raise JobException(f"the storage lists {found[path].name!r} and {entry.name!r}: both would be {path}")
        found[path] = entry
    # Storage allows a blob and a folder of one name, which no file system does.
    folders = {parent for path in found for parent in path.parents}
    for path in folders & found.keys():
        # An empty one is how some tools represent a folder.
        if found[path].size:
            raise JobException(f"the storage lists {found[path].name!r} as a file and as a folder; nothing was fetched")
        del found[path]
    return found


def _inside(folder: Path, name: str) -> Path:
    try:
        return inside(folder, name)
    except ValidationException as unsafe:
        raise JobException(f"{unsafe}; nothing was fetched") from None


def _fetch_blob(
    container: Container, entry: BlobEntry, path: Path, on_file: OnFile, partials: Sequence[Path] = ()
) -> Steps[None]:
    """Fetch a blob into a partial file, then move it into place; what was fetched before is not fetched again.

    Raises:
        JobException: it did not arrive as the storage has it.
    """
    if not (entry.md5 and path.is_file() and md5_of(path) == entry.md5):
        partial = _partial(path, entry, partials)
        yield from _fetch_rest(container, entry, partial)
        received = partial.stat().st_size
        if received != entry.size or (entry.md5 and md5_of(partial) != entry.md5):
            # Nothing of it is to be trusted: the next download must not go on from it.
            partial.unlink()
            raise JobException(f"{entry.name} arrived damaged ({received} of {entry.size} bytes); repeat the download")
        partial.replace(path)
    on_file(path, entry.size)


def _partials(folders: set[Path]) -> dict[Path, list[Path]]:
    """The partial files in folders, by the file they belong to; each folder is looked through once."""
    found: dict[Path, list[Path]] = {}
    for folder in folders:
        if folder.is_dir():
            for entry in os.scandir(folder):
                if match := _PARTIAL.fullmatch(entry.name):
                    found.setdefault(folder / match["name"], []).append(folder / entry.name)
    return found


def _partial(path: Path, entry: BlobEntry, others: Sequence[Path]) -> Path:
    """The partial file of a blob, next to its final place; those of other versions are removed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # A part of the name: what was fetched of another version of the blob is never gone on with.
    version = hashlib.sha256(f"{entry.etag} {entry.md5} {entry.size}".encode()).hexdigest()[:8]
    partial = path.with_name(f"{path.name}.{version}.part")
    for other in others:
        # A link in its place would lead the download to wherever it points.
        if other != partial or other.is_symlink():
            other.unlink()
    return partial


def _fetch_rest(container: Container, entry: BlobEntry, partial: Path) -> Steps[None]:
    with partial.open("ab") as stream:
        while (begin := stream.tell()) < entry.size:
            answer = yield from container.read(
                entry.name, begin, min(_CHUNK, entry.size - begin), etag=entry.etag, with_md5=not entry.md5
            )
            expected = None if entry.md5 else answer.headers.get("content-md5")
            if expected and base64_md5(answer.body) != expected:
                raise JobException(f"{entry.name} arrived damaged after byte {begin}; repeat the download to go on")
            if not answer.body:
                break
            stream.write(answer.body)
