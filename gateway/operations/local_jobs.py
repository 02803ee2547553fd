"""What only an emulator answers about a job, or about its pages."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from gateway.operations.workspace import Workspace
from gateway.transport.calls import read_json
from gateway.transport.messages import Request
from gateway.transport.steps import Steps


def explanation(workspace: Workspace, name: str) -> Steps[dict[str, Any]]:
    """Why a sweep went as it did: `lines` for people, and the record of its trials and decisions.

    Raises:
        gateway.exceptions.ResourceNotFoundError: there is no such job.
        gateway.exceptions.HttpResponseError: it is not a sweep.
    """
    document: dict[str, Any] = yield from read_json(_request(workspace, "GET", name, "explanation"))
    return document


def attempts(workspace: Workspace, name: str) -> Steps[dict[str, Any]]:
    """Where and when each attempt at a job ran, and what became of it: `lines` for people, and `attempts`.

    Raises:
        gateway.exceptions.ResourceNotFoundError: there is no such job.
    """
    document: dict[str, Any] = yield from read_json(_request(workspace, "GET", name, "attempts"))
    return document


def provenance(workspace: Workspace, name: str) -> Steps[dict[str, Any]]:
    """How a job was submitted, beyond its body: `choices`, `seed`, and `provenance` of its trials or null.

    Raises:
        gateway.exceptions.ResourceNotFoundError: there is no such job.
    """
    document: dict[str, Any] = yield from read_json(_request(workspace, "GET", name, "provenance"))
    return document


def studio(workspace: Workspace) -> Steps[str]:
    """The link to the home page of the workspace, with the key that opens it."""
    origin = workspace.endpoints.resource_manager
    document = yield from read_json(Request("GET", f"{origin}/_amlet{workspace.id}/studio", audience=origin))
    return str(document["endpoint"])


def _request(workspace: Workspace, method: str, name: str, what: str) -> Request:
    origin = workspace.endpoints.resource_manager
    return Request(method, f"{origin}/_amlet{workspace.id}/jobs/{quote(name, safe='')}/{what}", audience=origin)
