"""What workers on other hosts reach: one run's attempt, its tracking and its artifacts, as long as the attempt counts.

Everything is refused that is not named here.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from typing import Any

from contracts.resource_id import WorkspaceId
from emulator.identity.storage_account import ACCOUNT_HOST
from emulator.identity.tokens import Caller
from emulator.services.fencing import check_attempt, check_policy
from emulator.services.refusal import Refusal
from emulator.services.runs.runs import CREATED_IN, PARENT_RUN
from emulator.storage import assets, jobs, labels
from emulator.storage.attempts import parts_of
from emulator.storage.jobs import Job
from emulator.storage.workspaces import guid_of
from emulator.trials.addresses import LOGGED_MODELS

#: Checked by its route: the token of the attempt.
ATTEMPTS = "/_amlet/attempts/"

_BLOBS = f"/{ACCOUNT_HOST}/"
_PLANE = re.compile(
    r"/(?P<plane>mlflow|history|metric|artifact)/v\d\.\d"
    r"/subscriptions/(?P<subscription>[^/]+)/resourceGroups/(?P<group>[^/]+)"
    r"/providers/Microsoft\.MachineLearningServices/workspaces/(?P<name>[^/]+)/(?P<rest>.+)",
    re.DOTALL,
)
#: A path below a plane, with the run in it.
_RUN_PATHS = {
    "history": re.compile(r"((experiments|experimentids)/[^/]+/)?runs/(?P<run>[^/]+)(/.*)?", re.DOTALL),
    "metric": re.compile(r"runs/(?P<run>[^/]+)/.+", re.DOTALL),
    "artifact": re.compile(
        r"artifacts/(batch/metadata|prefix/contentinfo)/ExperimentRun/dcid\.(?P<run>[^/]+)(/.*)?", re.DOTALL
    ),
    "mlflow": re.compile(
        r"api/2\.0/(preview/)?(mlflow/)?mlflow-artifacts/artifacts/ExperimentRun/dcid\.(?P<run>[^/]+)(/.*)?", re.DOTALL
    ),
}
_MLFLOW = re.compile(r"api/2\.0/(preview/)?(mlflow/)?(?P<call>.+)", re.DOTALL)
_ARTIFACT = re.compile(r"ExperimentRun/dcid\.(?P<run>[^/]+)(/.*)?", re.DOTALL)

#: MLflow's calls about the run that they name.
_OF_A_RUN = frozenset(
    {
        *(
            "runs/log-metric",
            "runs/log-batch",
            "runs/log-batch-async",
            "runs/get-run-data-status",
            "runs/log-parameter",
        ),
        *("runs/set-tag", "runs/delete-tag", "runs/log-inputs", "runs/outputs", "runs/log-model", "runs/get"),
        *("runs/update", "metrics/get-history", "artifacts/list"),
    }
)


class Reach:
    """What one attempt reaches.

    Parameters:
        conn: for reading.
        caller: whose token is bound to the attempt.

    Raises:
        Refusal: 409, the attempt does not count any more; 403, there is no such run.
    """

    def __init__(self, conn: sqlite3.Connection, caller: Caller) -> None:
        check_attempt(conn, caller)
        parts = parts_of(caller.attempt or "")
        if parts is None:
            raise _refused("the token is bound to no attempt")
        self._conn, self._job = conn, jobs.get(conn, parts[0])
        if self._job.name != caller.run:
            raise _refused("the token is that of another run")

    def check(self, path: str, query: Mapping[str, Any], body: Any) -> None:
        """Refuse a request that is not about the attempt's own run, or one that its code began.

        Parameters:
            path: of the request, in the usual spelling.
            query: of the request.
            body: JSON of it; None where it has none.

        Raises:
            Refusal: 403.
        """
        found = _PLANE.fullmatch(path)
        if found is None:
            raise _refused(f"{path} is not served there")
        if guid_of(WorkspaceId(found["subscription"], found["group"], found["name"])) != guid_of(self._job.workspace):
            raise _refused("it is of another workspace")
        given = body if isinstance(body, Mapping) else {}
        if in_path := _RUN_PATHS[found["plane"]].fullmatch(found["rest"]):
            self._check_run(in_path["run"])
        elif found["plane"] == "history" and found["rest"] == "rundata":
            self._check_run(given.get("runId"))
        elif found["plane"] == "mlflow" and (call := _MLFLOW.fullmatch(found["rest"])):
            self._check_call(call["call"], given or query)
        else:
            raise _refused(f"{path} is not served there")

    def _check_call(self, call: str, given: Mapping[str, Any]) -> None:
        """Refuse a call of MLflow's that is not about such a run."""
        if call in _OF_A_RUN:
            self._check_run(given.get("run_id") or given.get("run_uuid"))
        elif call == "mlflow-artifacts/artifacts":
            named = _ARTIFACT.fullmatch(str(given.get("path")))
            self._check_run(named and named["run"])
        elif call == "runs/create":
            self._check_experiment(given.get("experiment_id") == self._job.experiment_id)
            for tag in given.get("tags") or []:
                if isinstance(tag, Mapping) and tag.get("key") == PARENT_RUN:
                    self._check_run(tag.get("value"))
        elif call == "experiments/get":
            self._check_experiment(given.get("experiment_id") == self._job.experiment_id)
        elif call == "experiments/get-by-name":
            self._check_experiment(given.get("experiment_name") == self._job.experiment)
        elif call == "logged-models":
            self._check_run(given.get("source_run_id"))
        elif call.startswith("logged-models/") and call != "logged-models/search":
            model = assets.get(self._conn, self._job.workspace, LOGGED_MODELS, call.split("/")[1])
            self._check_run(model and model.document["run"])
        else:
            raise _refused(f"{call} is not served there")

    def _check_run(self, name: Any) -> None:
        run = jobs.find(self._conn, self._job.workspace, name) if isinstance(name, str) else None
        if run is None or not self._is_own(run):
            raise _refused("it is about another run")

    def _is_own(self, run: Job) -> bool:
        if run.id == self._job.id:
            return True
        return labels.of(self._conn, run.id, "property").get(CREATED_IN) == self._job.name

    def _check_experiment(self, is_own: bool) -> None:
        if not is_own:
            raise _refused("it is about another experiment")


def check_blob(conn: sqlite3.Connection, path: str, query: Mapping[str, str]) -> None:
    """Refuse what is asked of the blobs without a signature that was made for an attempt that counts.

    Whether the signature is good is checked by the blob service.

    Parameters:
        conn: for reading.
        path, query: of the request.

    Raises:
        Refusal: 403 or 409.
    """
    if not path.startswith(_BLOBS) or "sig" not in query or not query.get("si"):
        raise _refused("a blob wants a signed address that was made for the attempt")
    check_policy(conn, query["si"])


def is_blob(path: str) -> bool:
    """Whether a path is one of the blob service."""
    return path.startswith(_BLOBS)


def is_plane(path: str) -> bool:
    """Whether a path is one of the data plane that an attempt may reach."""
    return _PLANE.fullmatch(path) is not None


def not_served(path: str) -> Refusal:
    """The refusal of everything else."""
    return _refused(f"{path} is not served there")


def _refused(why: str) -> Refusal:
    return Refusal(
        403,
        "AuthorizationFailed",
        f"From other hosts only an attempt, its own run and the artifacts of that run are reached: {why}.",
    )
