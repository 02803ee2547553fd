"""Whether the code and the data that a job names by local paths are there to be uploaded."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from contracts.resource_id import is_arm_id
from contracts.rules import Finding, Severity
from gateway.entities.names import is_binding
from gateway.local_folder import missing_path_remedy

#: The code of a finding: a local input that is not there.
INPUT_NOT_FOUND = "InputNotFound"

_CODE_ELSEWHERE = re.compile(r"(azureml:|/subscriptions/|git\+|\w+://)")
_URL = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]+://")
_DRIVE = re.compile(r"[a-zA-Z]:[\\/]")
_NEEDED = {"uri_file": ("file", Path.is_file), "uri_folder": ("folder", Path.is_dir)}


def code_folder_finding(path: str, base: str | Path, code: object, whose: str) -> Finding | None:
    """What is wrong with a code folder that would be uploaded; None where it is there, or is not a local path.

    Source: the official client refuses a folder that is missing or empty before it submits.

    Parameters:
        path: the JSON path of the field in the body.
        base: the folder from which a relative path starts.
        code: the field's value.
        whose: the kind of file that names it, for the remedy: "job" or "component".
    """
    if not code or _CODE_ELSEWHERE.match(str(code)) or is_binding(code):
        return None
    folder = Path(base, str(code))
    if folder.is_file() or (folder.is_dir() and any(folder.iterdir())):
        return None
    # `name:1` and `name@latest` are short names of a registered code asset.
    if re.search(r"[:@]", str(code)) and not folder.exists():
        return None
    what = "is empty" if folder.is_dir() else "does not exist"
    remedy = missing_path_remedy(base, str(code)) or (
        f"Name a folder with the code; relative paths start from the folder of the {whose}'s file."
    )
    return Finding("CodeNotFound", Severity.ERROR, path, f"{folder} {what}.", remedy)


def is_local_input(uri: str) -> bool:
    """Whether the address of an input is a path on this machine, neither a URL nor the name or id of an asset."""
    if is_arm_id(uri) or _URL.match(uri) or is_binding(uri):
        return False
    if Path(uri).is_absolute() or _DRIVE.match(uri):
        return True
    return not (uri.startswith("azureml:") or ((":" in uri or "@" in uri) and "/" not in uri))


def input_problem(base: str | Path, uri: str, kind: str) -> tuple[str, str] | None:
    """Why a local path cannot be uploaded as an input of its type, and what to do; None where it can.

    Parameters:
        base: the folder from which a relative path starts.
        uri: a path of which `is_local_input` is true.
        kind: the type of the input, such as `uri_file`.
    """
    path = Path(base, uri)
    noun, suits = _NEEDED.get(kind, ("file or folder", Path.exists))
    if suits(path):
        return None
    remedy = missing_path_remedy(base, uri)
    if remedy is None and path.exists():
        remedy = f"It is a {'folder' if path.is_dir() else 'file'}; an input of type {kind} needs a {noun}."
    return f"There is no {noun} {path}.", remedy or "Relative paths start from the folder of the job's file."


def input_findings(base: str | Path, properties: Mapping[str, Any]) -> Iterator[Finding]:
    """The local inputs of a body, its own and those of its steps, that are not there.

    A warning only: files are often checked where the data is not, in CI. Whoever submits is refused.
    """
    yield from _missing("$.properties.inputs", base, properties.get("inputs"))
    for name, step in (properties.get("jobs") or {}).items():
        yield from _missing(f"$.properties.jobs.{name}.inputs", base, step.get("inputs"))


def _missing(path: str, base: str | Path, inputs: Mapping[str, Any] | None) -> Iterator[Finding]:
    for name, entry in (inputs or {}).items():
        uri = entry.get("uri") if isinstance(entry, Mapping) else None
        if not isinstance(uri, str) or not is_local_input(uri):
            continue
        kind = entry.get("jobInputType") or entry.get("job_input_type") or ""
        if problem := input_problem(base, uri, kind):
            yield Finding(INPUT_NOT_FOUND, Severity.WARNING, f"{path}.{name}.uri", *problem)
