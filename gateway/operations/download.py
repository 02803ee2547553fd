"""Fetching what a job left behind: logs and artifacts, named outputs, the best trial of a sweep.

The layout is the official client's: `artifacts/`, `named-outputs/<name>/`, and `hd-artifacts/` for a sweep's own.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from contracts.lifecycle import TERMINAL
from gateway.exceptions import JobException
from gateway.operations import jobs
from gateway.operations.containers import BlobEntry, Container, datastore_container, md5_of
from gateway.operations.workspace import Workspace
from gateway.transport.steps import Steps, together

ARTIFACTS_DATASTORE = "workspaceartifactstore"
_DATASTORE_URI = re.compile(
    r"^azureml://(?:.*/)?datastores/(?P<datastore>[^/]+)/(?:paths/)?(?P<path>.*)$", re.IGNORECASE
)
_CHUNK = 8 << 20

OnFile = Callable[[Path, int], None]


@dataclass(frozen=True, slots=True)
class _Source:
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

    Of a sweep, the best trial's are fetched, and the sweep's own logs beside them.

    Parameters:
        folder: where to; made when it does not exist.
        output_name: only this output.
        everything: also all named outputs.
        on_file: told of each file and its length in bytes.

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
    if properties.get("jobType") == "Sweep":
        run = (properties.get("properties") or {}).get("best_child_run_id") or name
        if run != name and output_name is None:
            fetched += yield from _fetch(workspace, _artifacts_of(name), folder / "hd-artifacts", on_file)
    if output_name is None:
        fetched += yield from _fetch(workspace, _artifacts_of(run), folder / "artifacts", on_file)
    if output_name is not None or everything:
        outputs = yield from _outputs(workspace, run)
        if output_name is not None and output_name not in outputs:
            known = ", ".join(sorted(outputs)) or "none"
            raise JobException(f"job {run} has no output {output_name!r}; its named outputs: {known}")
        for output in [output_name] if output_name else sorted(outputs):
            fetched += yield from _fetch(workspace, outputs[output], folder / "named-outputs" / output, on_file)
    return fetched


def _artifacts_of(run: str) -> _Source:
    return _Source(ARTIFACTS_DATASTORE, f"ExperimentRun/dcid.{run}/")


def _outputs(workspace: Workspace, run: str) -> Steps[dict[str, _Source]]:
    """Where the named outputs of a run are; an output without an address is at its default place."""
    document = yield from jobs.get(workspace, run)
    outputs: dict[str, Any] = (document.get("properties") or {}).get("outputs") or {}
    found = {}
    for name, output in outputs.items():
        match = _DATASTORE_URI.match(str((output or {}).get("uri") or ""))
        if match:
            found[name] = _Source(match["datastore"], match["path"])
        elif name != "default":
            found[name] = _Source("workspaceblobstore", f"azureml/{run}/{name}/")
    return found


def _fetch(workspace: Workspace, source: _Source, folder: Path, on_file: OnFile) -> Steps[list[Path]]:
    container = yield from datastore_container(workspace, source.datastore)
    entries = yield from container.names(source.prefix)
    targets = [(entry, _target(folder, entry.name.removeprefix(source.prefix), source.prefix)) for entry in entries]
    yield from together([_fetch_blob(container, entry, path, on_file) for entry, path in targets])
    return [path for _, path in targets]


def _target(folder: Path, name: str, prefix: str) -> Path:
    """Where a blob goes; never outside the folder, whatever its name says."""
    relative = PurePosixPath(name.lstrip("/") or PurePosixPath(prefix).name)
    path = (folder / relative).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise JobException(f"the storage lists {name!r}, which would be written outside {folder}; nothing was fetched")
    return path


def _fetch_blob(container: Container, entry: BlobEntry, path: Path, on_file: OnFile) -> Steps[None]:
    """Fetch one blob in chunks, beside its place until it is whole; one that is there already is not fetched again."""
    if not (entry.md5 and path.is_file() and md5_of(path) == entry.md5):
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(path.name + ".part")
        with partial.open("wb") as stream:
            while stream.tell() < entry.size:
                answer = yield from container.read(entry.name, stream.tell(), min(_CHUNK, entry.size - stream.tell()))
                if not answer.body:
                    break
                stream.write(answer.body)
        received = partial.stat().st_size
        if received != entry.size or (entry.md5 and md5_of(partial) != entry.md5):
            partial.unlink()
            raise JobException(f"{entry.name} arrived damaged ({received} of {entry.size} bytes); repeat the download")
        partial.replace(path)
    on_file(path, entry.size)
