"""One workspace as the operations see it: how requests to its control plane and its own services are made."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from contracts.resource_id import WorkspaceId
from gateway.job_types import JOBS_API_VERSION
from gateway.operations.cloud import Endpoints
from gateway.transport.calls import read_json
from gateway.transport.messages import Request
from gateway.transport.steps import Steps

# The api-versions the official client uses for each resource (measured with azure-ai-ml 1.35.2).
JOBS = JOBS_API_VERSION
JOB_ACTIONS = "2023-04-01-preview"
CODES = "2023-04-01"
ASSETS = "2023-04-01-preview"
MODEL_VERSIONS = "2023-08-01-preview"
WORKSPACES = "2024-10-01-preview"
COMPUTE_LISTS = "2023-08-01-preview"

_JSON = {"Content-Type": "application/json"}


@dataclass(slots=True)
class Workspace:
    """A workspace in a cloud, or on an emulator.

    Parameters:
        id: which one.
        endpoints: the cloud it is in.
        headers: header fields that go with every request to it.
    """

    id: WorkspaceId
    endpoints: Endpoints
    headers: dict[str, str] = field(default_factory=dict)
    _details: dict[str, Any] | None = None
    _services: str | None = None

    def arm(
        self,
        method: str,
        path: str,
        version: str,
        *,
        params: Mapping[str, str] | None = None,
        body: object = None,
        resend: bool | None = None,
    ) -> Request:
        """A request to the control plane.

        Parameters:
            method: `GET`, `PUT` ...
            path: what follows the workspace's ARM id: `/jobs/NAME`.
            version: the api-version.
            params: further query parameters.
            body: a JSON document, or None.
            resend: whether it may be repeated when no answer came.
        """
        return Request(
            method,
            f"{self.endpoints.resource_manager}{self.id}{path}",
            params={"api-version": version, **(params or {})},
            headers={**self.headers, **(_JSON if body is not None else {})},
            body=json.dumps(body).encode() if body is not None else None,
            audience=self.endpoints.resource_manager,
            resend=resend,
        )

    def details(self) -> Steps[dict[str, Any]]:
        """The workspace's own ARM document; fetched once."""
        if self._details is None:
            self._details = yield from read_json(self.arm("GET", "", WORKSPACES))
        return self._details

    def history(
        self, method: str, path: str, *, params: Mapping[str, str] | None = None, body: object = None
    ) -> Steps[Request]:
        """A request to run history; where that is, the workspace's discovery document says.

        Parameters:
            path: what follows the workspace: `/runs/NAME/details`.
        """
        return (yield from self.service("history", method, path, params=params, body=body))

    def service(
        self, service: str, method: str, path: str, *, params: Mapping[str, str] | None = None, body: object = None
    ) -> Steps[Request]:
        """A request to one of the workspace's own services: `history`, `data`, `modelregistry`; the rest as above."""
        if self._services is None:
            details = yield from self.details()
            discovered = yield from read_json(Request("GET", details["properties"]["discoveryUrl"]))
            self._services = str(discovered["api"]).rstrip("/")
        return Request(
            method,
            f"{self._services}/{service}/v1.0{self.id}{path}",
            params={"api-version": "v1.0", **(params or {})},
            headers=_JSON if body is not None else {},
            body=json.dumps(body).encode() if body is not None else None,
            audience=self.endpoints.resource_manager,
        )

    def mlflow(self, endpoint: str, body: object = None, *, params: Mapping[str, str] | None = None) -> Steps[Request]:
        """A request to the workspace's MLflow service; repeating it does no harm.

        Parameters:
            endpoint: `runs/search`, `metrics/get-history` ...
            body: a JSON document to POST; None makes it a GET.
            params: query parameters.
        """
        details = yield from self.details()
        tracking = str(details["properties"]["mlFlowTrackingUri"])
        origin = tracking.replace("azureml://", "https://", 1).rstrip("/")
        return Request(
            "GET" if body is None else "POST",
            f"{origin}/api/2.0/mlflow/{endpoint}",
            params=params or {},
            headers=_JSON if body is not None else {},
            body=json.dumps(body).encode() if body is not None else None,
            audience=self.endpoints.resource_manager,
            resend=True,
        )
