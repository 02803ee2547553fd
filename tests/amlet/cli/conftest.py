"""The `amlet` command in this process, with a scripted workspace in the place of an emulator."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest

from amlet.cli import emulators, main
from contracts.resource_id import WorkspaceId
from gateway.client.connection import Connection
from gateway.transport.messages import Request, Response

ORIGIN = "https://127.0.0.1:8443"


class Emulator:
    """Keeps what is PUT and gives it back; jobs have the status that `statuses` says."""

    def __init__(self) -> None:
        self.asked: list[Request] = []
        self.documents: dict[str, dict[str, Any]] = {}
        self.details: list[dict[str, Any]] = [{"status": "Completed"}]
        self.children: list[dict[str, Any]] = []
        self.logged: dict[str, list[dict[str, Any]]] = {}
        self.explanation: dict[str, Any] | None = None

    def send(self, request: Request) -> Response:
        self.asked.append(request)
        path = urlsplit(request.url).path
        answer = self._answer(
            request, path.partition("/workspaces/amlet")[2] or path, json.loads(request.body or b"null")
        )
        return Response(200 if answer is not None else 404, {}, json.dumps(answer or _missing(path)).encode(), request)

    def close(self) -> None:
        pass

    def _answer(self, request: Request, path: str, body: Any) -> Any:
        match [request.method, *path.strip("/").split("/")]:
            case ["GET", "subscriptions", *_]:
                uri = f"{ORIGIN}/mlflow"
                return {"properties": {"discoveryUrl": f"{ORIGIN}/discovery", "mlFlowTrackingUri": uri}}
            case ["GET", "discovery"]:
                return {"api": ORIGIN}
            case ["GET", "codes", *_]:
                return {"value": [{"id": "/codes/known"}]}
            case ["PUT", "jobs", name]:
                self.documents[name] = {"name": name, "id": f"/x/jobs/{name}", **body}
                return self.documents[name]
            case ["GET", "jobs", name]:
                return self.documents.get(name)
            case ["GET", "jobs"]:
                return {"value": list(self.documents.values())}
            case ["GET", "runs", _, "details"]:
                return self.details.pop(0) if len(self.details) > 1 else self.details[0]
            case ["GET", "runs", _, "children"]:
                return {"value": self.children}
            case ["GET", "jobs", _, "explanation"]:
                return self.explanation
            case ["POST", "mlflow", *_]:
                return {"runs": [{"info": {"run_id": n}, "data": {"metrics": p}} for n, p in self.logged.items()]}
        return None

    def put_job(self, name: str, status: str, **properties: Any) -> None:
        services = {"Studio": {"jobServiceType": "Studio", "endpoint": f"https://studio/{name}"}}
        command = {"jobType": "Command", "command": "true", "environmentId": "e:1", "inputs": {}, "outputs": {}}
        known = {**command, "status": status, "services": services, "properties": {}, "tags": {}, **properties}
        self.documents[name] = {"name": name, "id": f"/x/jobs/{name}", "properties": known}


def _missing(path: str) -> dict[str, Any]:
    return {"error": {"code": "UserError", "message": f"Job {path.rpartition('/')[2]} not found."}}


class Credential:
    def get_token(self, *scopes: str, **options: Any) -> Any:
        return SimpleNamespace(token="t", expires_on=2**40)


@pytest.fixture
def emulator(monkeypatch: pytest.MonkeyPatch) -> Emulator:
    """An emulator that seems to run."""
    made = Emulator()

    def connect(record: object, workspace: WorkspaceId, headers: dict[str, str]) -> Connection:
        connection = Connection(lambda: workspace, Credential(), base_url=ORIGIN, transport=made, headers=headers)
        connection.session._sleep = lambda seconds: None
        return connection

    monkeypatch.setattr(emulators, "find", lambda state_dir, *, start=False: None)
    monkeypatch.setattr(emulators, "connect", connect)
    return made


@pytest.fixture
def amlet(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Callable[..., SimpleNamespace]:
    """`amlet("job", "list")`: runs the command in a clean environment and gives code, out and err."""
    for name in ("AMLET_TARGET", "AZURE_SUBSCRIPTION_ID", "AZURE_DEFAULTS_GROUP", "AZURE_DEFAULTS_WORKSPACE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AMLET_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("AZURE_CONFIG_DIR", str(tmp_path / "azure"))
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str | Path) -> SimpleNamespace:
        monkeypatch.setattr("sys.argv", ["amlet", *map(str, arguments)])
        with pytest.raises(SystemExit) as left:
            main.main()
        captured = capsys.readouterr()
        return SimpleNamespace(code=left.value.code or 0, out=captured.out, err=captured.err)

    return run


@pytest.fixture
def sweep(tmp_path: Path) -> Path:
    """A sweep's folder with its job file."""
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "train.py").write_text("print('hello')")
    path = tmp_path / "sweep.yml"
    path.write_text(
        "type: sweep\n"
        "trial:\n  code: src\n  command: python train.py --x ${{search_space.x}}\n  environment: azureml:e:1\n"
        "search_space:\n  x: {type: uniform, min_value: 0, max_value: 1}\n"
        "sampling_algorithm: random\n"
        "objective: {goal: minimize, primary_metric: loss}\n"
        "limits: {max_total_trials: 4}\n"
    )
    return path
