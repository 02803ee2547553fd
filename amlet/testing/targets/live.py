"""A real workspace as a target of the contract suite; what the suite makes there is deleted afterwards."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from amlet.testing.targets.leftovers import Leftovers
from amlet.testing.targets.over_transport import TransportTarget
from contracts.resource_id import WorkspaceId
from contracts.suite.target import Feature, Request, Response, Surroundings
from gateway.operations.cloud import endpoints
from gateway.transport import messages
from gateway.transport.choice import recorded
from gateway.transport.network import NetworkTransport
from gateway.transport.retry import TRANSIENT, RetryPolicy
from gateway.transport.session import Session

#: The ARM id of the workspace; the compute and environment of the suite's jobs.
WORKSPACE = "AMLET_LIVE_WORKSPACE"
COMPUTE = "AMLET_LIVE_COMPUTE"
ENVIRONMENT = "AMLET_LIVE_ENVIRONMENT"

#: An environment that every workspace can use, as azureml-examples names it.
_ENVIRONMENT = "azureml://registries/azureml/environments/sklearn-1.5/labels/latest"
_WORKSPACE_API = "2024-10-01-preview"


class LiveTarget(TransportTarget):
    """A workspace of the service: busy answers are waited out, and what is made is remembered."""

    leftovers: Leftovers

    def send(self, request: Request) -> Response:
        """See `contracts.suite.target.Target`."""
        patience, tried = RetryPolicy(), 0
        while True:
            tried += 1
            response = super().send(request)
            if response.status not in TRANSIENT or tried >= patience.tries:
                break
            self.pause(patience.pause(tried, response.headers))
        self.leftovers.note(request, response)
        return response


@contextmanager
def live_workspace(environ: Mapping[str, str] | None = None) -> Iterator[LiveTarget]:
    """The workspace that the environment names, with the gateway's own sign-in.

    Parameters:
        environ: variables; those of this process by default.

    Raises:
        ValueError: AMLET_LIVE_WORKSPACE is missing, or not the id of a workspace.
    """
    environ = os.environ if environ is None else environ
    if not environ.get(WORKSPACE):
        raise ValueError(f"set {WORKSPACE} to the ARM id of the workspace in which the suite may make jobs")
    workspace = WorkspaceId.parse(environ[WORKSPACE])
    session = Session(recorded(NetworkTransport(), environ))
    try:
        origin = session.run(endpoints(None, None, environ)).resource_manager
        target = LiveTarget(
            session.transport,
            _surroundings(workspace, environ),
            control_plane=origin,
            data_plane=_data_plane(session, origin, workspace),
            token=lambda: session.tokens.token(origin),
            pause=time.sleep,
        )
        target.leftovers = Leftovers(target)
        try:
            yield target
        finally:
            target.leftovers.remove()
    finally:
        session.close()


def _surroundings(workspace: WorkspaceId, environ: Mapping[str, str]) -> Surroundings:
    return Surroundings(
        workspace=str(workspace),
        prefix=f"suite{secrets.token_hex(4)}",
        compute=environ.get(COMPUTE) or None,
        environment=environ.get(ENVIRONMENT) or _ENVIRONMENT,
        patience=float(environ.get("AMLET_LIVE_PATIENCE") or 3600),
        poll=float(environ.get("AMLET_LIVE_POLL") or 5),
        features=frozenset({Feature.PROCESSES, Feature.LONG_WAITS}),
    )


def _data_plane(session: Session, origin: str, workspace: WorkspaceId) -> str:
    """The origin of run history and MLflow, as the workspace's discovery tells it."""

    def get(url: str, headers: Mapping[str, str]) -> messages.Response:
        answer = session.transport.send(messages.Request("GET", url, {}, headers))
        if not answer.ok:
            raise ValueError(f"{url.partition('?')[0]} answered {answer.status}: {answer.text[:500]}")
        return answer

    token = {"Authorization": f"Bearer {session.tokens.token(origin)}"}
    document = get(f"{origin}{workspace}?api-version={_WORKSPACE_API}", token).json()
    return str(get(document["properties"]["discoveryUrl"], {}).json()["api"]).rstrip("/")
