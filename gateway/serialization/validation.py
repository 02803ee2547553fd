"""What the service would refuse or misread in a job, and where in its file that is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from yaml import YAMLError

from contracts.api_version import DEFAULT_API_VERSION, date_of
from contracts.references import load
from contracts.rules import Finding, Severity, check_job
from gateway import job_types
from gateway.entities.job import Job
from gateway.exceptions import UnknownInputError, ValidationException
from gateway.findings import Located
from gateway.serialization.arm import to_arm
from gateway.serialization.local_paths import code_folder_finding, input_findings

_STEP = re.compile(r'\.(?P<key>[A-Za-z_]\w*)|\[(?P<index>\d+)\]|\[(?P<quoted>"(?:[^"\\]|\\.)*")\]')
#: What the body calls otherwise than the file, beyond camelCase.
_FILE_NAMES = {
    "codeId": "code",
    "computeId": "compute",
    "environmentId": "environment",
    "uri": "path",
    "jobInputType": "type",
    "jobOutputType": "type",
    "assetName": "name",
    "assetVersion": "version",
    "samplingAlgorithmType": "type",
    "policyType": "type",
    "identityType": "type",
    "distributionType": "type",
}
#: Keys below these are names that the author gave.
_NAMED = frozenset(
    {
        *("searchSpace", "inputs", "outputs", "tags", "properties", "environmentVariables", "services"),
        *("jobs", "search_space", "environment_variables"),
    }
)


def validate(job: Job, *, api_version: str = DEFAULT_API_VERSION) -> list[Located]:
    """Check a job without a workspace.

    Parameters:
        job: the job; it is not changed.
        api_version: the version it is to be sent with.

    Returns:
        Errors, which the service would refuse, and warnings, which it would take for something else; empty if sound.

    Raises:
        ValueError: the api_version is not a date such as `2025-12-01` or `2024-01-01-preview`.
    """
    date_of(api_version)
    try:
        body = to_arm(job)
    except ValidationException as refused:
        return [located(job, refused)]
    found = check_job(body, api_version=api_version, name=job.name)
    return locate(job, [*found, *client_findings(job, body)])


def located(job: Job, refused: ValidationException) -> Located:
    """What keeps a job from being translated, with its line in the file that the job was loaded from."""
    if isinstance(refused, UnknownInputError):
        plain = job.to_job() if hasattr(job, "to_job") else job
        path = "$.properties.trial.command" if getattr(plain, "trial", None) else "$.properties.command"
        finding = Finding("UnknownInput", Severity.ERROR, path, str(refused), refused.hint or "Correct it.")
    else:
        finding = Finding("Invalid", Severity.ERROR, "$", str(refused), refused.hint or "Correct it.")
    [found] = locate(job, [finding])
    return found


def locate(job: Job, findings: Iterable[Finding]) -> list[Located]:
    """The findings with their lines in the file that the job was loaded from."""
    found = list(findings)
    file = job._source_path
    if not file:
        return [Located(finding) for finding in found]
    try:
        text = Path(file).read_text(encoding="utf-8-sig") if found else ""
    except OSError:
        return [Located(finding, file) for finding in found]
    from contracts.diagnostics.yaml_text import Lines

    lines = Lines(text)
    return [Located(finding, file, lines.of(file_path(finding.path))) for finding in found]


def file_path(path: str) -> tuple[str | int, ...]:
    """The path in a job's file that a JSON path in its body means: `$.properties.computeId` is `compute`."""
    steps: list[str | int] = []
    named = False
    for step in _STEP.finditer(path.removeprefix("$.properties")):
        key: Any = (
            int(step["index"]) if step["index"] else json.loads(step["quoted"]) if step["quoted"] else step["key"]
        )
        if isinstance(key, int):
            steps.append(key)
        else:
            steps.append(key if named else _FILE_NAMES.get(key) or re.sub(r"(?<!^)([A-Z])", r"_\1", key).lower())
        named = not named and key in _NAMED
    return _choice_steps(steps)


def _choice_steps(steps: Sequence[str | int]) -> tuple[str | int, ...]:
    """`lr[1][0][2]`, the third value of a choice on the wire, is `lr.values[2]` in a file."""
    text: list[str | int] = []
    for step in steps:
        text.append(step)
        if text[-3:-1] == [1, 0] and isinstance(step, int):
            text[-3:] = ["values", step]
    return tuple(text)


def client_findings(job: Job, body: Mapping[str, Any]) -> list[Finding]:
    """What only the client can see: local paths, the entity behind the body, and the file it was loaded from."""
    missing_inputs = input_findings(job.base_path, body["properties"])
    return [*_missing_code(job, body), *missing_inputs, *_own_checks(job, body), *_repeated_names(job)]


def _missing_code(job: Job, body: Mapping[str, Any]) -> list[Finding]:
    """A code folder that is missing or empty cannot be uploaded. Source: the official client's refusals."""
    properties = body["properties"]
    registration = job_types.of_body(properties)
    inside = registration.code_path if registration else ("codeId",)
    if not inside:
        return []
    code: Any = properties
    for step in inside:
        code = (code or {}).get(step)
    found = code_folder_finding(f"$.properties.{'.'.join(inside)}", job.base_path, code, "job")
    return [found] if found else []


def _repeated_names(job: Job) -> list[Finding]:
    """Keys that stand twice in the job's file: only the last one counts, so that a step with such a name is lost."""
    file = job._source_path
    from contracts.diagnostics.yaml_text import repeated_keys

    try:
        repeated = repeated_keys(Path(file).read_text(encoding="utf-8-sig")) if file else []
    except (OSError, ValueError, YAMLError):  # the file has changed since
        return []
    remedy = "Give one of them another name."
    return [
        Finding(
            "RepeatedStep",
            Severity.ERROR,
            f"$.properties.jobs.{path[1]}",
            f"Two steps are called {path[1]}; only the last one would run.",
            remedy,
        )
        for path in repeated
        if len(path) == 2 and path[0] == "jobs"
    ]


def _own_checks(job: Job, body: Mapping[str, Any]) -> list[Finding]:
    """What the type of a job has checked of its entity."""
    registration = job_types.of_body(body["properties"])
    plain = job.to_job() if hasattr(job, "to_job") else job
    found: list[Finding] = load(registration.check)(plain) if registration and registration.check else []
    return found


def errors(findings: Iterable[Located]) -> list[Located]:
    """Those that the service would refuse."""
    return [found for found in findings if found.finding.severity is Severity.ERROR]
