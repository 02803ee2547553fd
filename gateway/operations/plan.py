"""What submitting a job would do: upload, register, send; nothing of it is done."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from contracts.diagnostics.shortening import counted
from gateway.entities.job import Job
from gateway.operations.dry_run import Rehearsal
from gateway.operations.submit import submit
from gateway.operations.uploads import Uploaded
from gateway.operations.workspace import Workspace
from gateway.transport.messages import Request
from gateway.transport.steps import Steps


@dataclass(frozen=True, slots=True)
class Plan:
    """What submitting a job would do.

    Parameters:
        uploads: folders and files, with those that the workspace has already.
        registrations: PUTs of code, environments and data.
        submission: the request that makes or changes the job.
        asked: all requests in their order, those included that only read and were really made.
        signed_in: whether the workspace was asked; else it is taken as new, and LATEST stands for what it would say.
    """

    uploads: list[Uploaded]
    registrations: list[Request]
    submission: Request
    asked: list[Request]
    signed_in: bool = True

    @property
    def document(self) -> dict[str, Any]:
        """The plan as JSON."""
        return {
            "uploads": [
                {"path": str(news.what), "files": news.files, "bytes": news.size, "reused": news.reused}
                for news in self.uploads
            ],
            "registrations": [_shown(request) for request in self.registrations],
            "submission": _shown(self.submission),
            "signed_in": self.signed_in,
            "requests": [line_of(request) for request in self.asked],
        }

    @property
    def text(self) -> str:
        """The plan for people."""
        uploads = [
            f"  {news.what}: {counted(news.files, 'file')}, {counted(news.size, 'byte')}"
            + (" (in the workspace already)" if news.reused else "")
            for news in self.uploads
        ]
        registrations = [f"  {urlsplit(request.url).path}" for request in self.registrations]
        sent = _shown(self.submission)
        return "\n".join(
            [
                "Would upload:", *(uploads or ["  nothing"]),
                "Would register:", *(registrations or ["  nothing"]),
                f"Would send: {line_of(self.submission)}",
                json.dumps(sent["body"], indent=2, ensure_ascii=False),
                f"{counted(len(self.asked), 'request')} in all; nothing was changed.",
            ]
        )  # fmt: skip


def plan(workspace: Workspace, job: Job, changes: Mapping[str, Any], *, validate: bool = True) -> Steps[Plan]:
    """Find out what submitting a job would do, with requests that only read.

    Parameters:
        workspace, job, changes, validate: as in `submit`.

    Raises:
        ValidationException: the job cannot be right.
    """
    uploads: list[Uploaded] = []

    def record(news: Uploaded) -> None:
        if news.complete:
            uploads.append(news)

    dry_run = Rehearsal()
    yield from dry_run.of(submit(workspace, job, changes, validate=validate, on_upload=record))
    *registrations, submission = [
        request for request in dry_run.changes if request.method in ("PUT", "PATCH") and request.body is not None
    ]
    return Plan(uploads, registrations, submission, dry_run.asked, signed_in=not dry_run.not_signed_in)


def line_of(request: Request) -> str:
    """A request in one line: method, path and api-version."""
    version = request.params.get("api-version")
    return f"{request.method} {urlsplit(request.url).path}" + (f"?api-version={version}" if version else "")


def _shown(request: Request) -> dict[str, Any]:
    body = json.loads(request.body or b"null")
    return {"method": request.method, "url": request.address, "params": dict(request.params), "body": body}
