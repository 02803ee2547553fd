"""A metric logger so small that a trial need not pay for importing mlflow; the standard library is all it uses.

It uses MLflow's REST interface for the run that the job's environment names (`MLFLOW_TRACKING_URI`, `MLFLOW_RUN_ID`,
`MLFLOW_TRACKING_TOKEN`), over one connection that stays open.

Example:
    from gateway.tracking import log_metric

    for step in range(10):
        log_metric("loss", 1 / (step + 1), step=step)
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from http.client import HTTPConnection

__all__ = ["NotInRun", "TrackingError", "close", "log_metric", "log_metrics", "log_param", "set_tag"]

_CA_VARIABLES = ("MLFLOW_TRACKING_SERVER_CERT_PATH", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE")
_TRIES = 4


class TrackingError(RuntimeError):
    """The tracking server refused, or could not be reached."""


class NotInRun(TrackingError):
    """The environment names no run to log to."""


def log_metric(name: str, value: float, step: int | None = None) -> None:
    """Log one value of a metric.

    Parameters:
        name: name of the metric; a sweep compares the one its objective calls `primary_metric`.
        value: any number; NaN and infinities are logged as such.
        step: position on the curve, counted from 0; without it 0.

    Raises:
        NotInRun: the environment names no run.
        TrackingError: the server refused or could not be reached.
    """
    _connection().post("runs/log-metric", _point(name, value, step))


def log_metrics(metrics: Mapping[str, float], step: int | None = None) -> None:
    """Log one value of each of several metrics, in one request.

    Raises:
        NotInRun: the environment names no run.
        TrackingError: the server refused or could not be reached.
    """
    points = [_point(name, value, step) for name, value in metrics.items()]
    _connection().post("runs/log-batch", {"metrics": points})


def log_param(name: str, value: object) -> None:
    """Log a parameter of the run; its text is what is kept.

    Raises:
        NotInRun: the environment names no run.
        TrackingError: the server refused (a parameter cannot change) or could not be reached.
    """
    _connection().post("runs/log-parameter", {"key": name, "value": str(value)})


def set_tag(name: str, value: object) -> None:
    """Set a tag of the run; its text is what is kept.

    Raises:
        NotInRun: the environment names no run.
        TrackingError: the server refused or could not be reached.
    """
    _connection().post("runs/set-tag", {"key": name, "value": str(value)})


def _point(name: str, value: float, step: int | None) -> dict[str, Any]:
    import time

    return {"key": name, "value": _number(value), "timestamp": int(time.time() * 1000), "step": step or 0}


def _number(value: float) -> float | str:
    """JSON knows no NaN: MLflow writes it, and the infinities, as text."""
    number = float(value)
    if number != number:
        return "NaN"
    if number in (float("inf"), float("-inf")):
        return "Infinity" if number > 0 else "-Infinity"
    return number


class _Connection:
    """The open connection to one run's tracking server."""

    def __init__(self, uri: str, run: str) -> None:
        from threading import Lock
        from urllib.parse import urlsplit

        parts = urlsplit(uri)
        if parts.scheme not in ("http", "https", "azureml") or not parts.netloc:
            raise NotInRun(
                f"MLFLOW_TRACKING_URI={uri!r} is not a tracking server; expected http://, https:// or azureml://"
            )
        self.uri, self.run = uri, run
        self._scheme = "http" if parts.scheme == "http" else "https"
        self._netloc = parts.netloc
        self._path = parts.path.rstrip("/") + "/api/2.0/mlflow/"
        self._lock = Lock()
        self._http: HTTPConnection | None = None

    def post(self, endpoint: str, body: dict[str, Any]) -> None:
        """Send one document about the run, again when the server was busy or had closed the idle connection."""
        import json
        import time

        payload = json.dumps({"run_id": self.run, "run_uuid": self.run, **body}).encode()
        for tried in range(1, _TRIES + 1):
            try:
                status, answer, pause = self._send(endpoint, payload)
            except OSError as error:
                trouble, pause = f"no answer from {self._scheme}://{self._netloc}: {error}", 0.0
            else:
                if status < 300:
                    return
                trouble = f"{endpoint} answered {status}: {answer}"
                if status not in (429, 500, 502, 503, 504):
                    break
            if tried < _TRIES:
                time.sleep(max(pause, 0.1 * (tried - 1)))
        raise TrackingError(f"cannot log to run {self.run}: {trouble}")

    def _send(self, endpoint: str, payload: bytes) -> tuple[int, str, float]:
        from http.client import HTTPException

        with self._lock:
            try:
                http = self._http = self._http or self._open()
                http.request("POST", self._path + endpoint, payload, _headers())
                response = http.getresponse()
                text = response.read().decode("utf-8", "replace")
            except (OSError, HTTPException) as error:
                self.drop()
                raise OSError(str(error) or type(error).__name__) from error
            pause = response.headers.get("Retry-After", "")
            return response.status, text[:500], float(pause) if pause.isdigit() else 0.0

    def _open(self) -> HTTPConnection:
        from http.client import HTTPConnection, HTTPSConnection

        if self._scheme == "http":
            return HTTPConnection(self._netloc, timeout=30)
        return HTTPSConnection(self._netloc, timeout=30, context=_tls())

    def drop(self) -> None:
        """Close the socket."""
        if self._http is not None:
            self._http.close()
            self._http = None


def _headers() -> dict[str, str]:
    token = os.environ.get("MLFLOW_TRACKING_TOKEN")
    return {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}


def _tls() -> Any:
    import ssl

    bundle = next((os.environ[name] for name in _CA_VARIABLES if os.environ.get(name)), None)
    context = ssl.create_default_context(cafile=bundle)
    if os.environ.get("MLFLOW_TRACKING_INSECURE_TLS", "").lower() in ("1", "true"):
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def close() -> None:
    """Close the connection; the next call opens it again."""
    global _current
    if _current is not None:
        _current[1].drop()
    _current = None


#: The connection in use, with the process it belongs to: a forked child must not share its parent's socket.
_current: tuple[int, _Connection] | None = None


def _connection() -> _Connection:
    global _current
    uri, run = os.environ.get("MLFLOW_TRACKING_URI"), os.environ.get("MLFLOW_RUN_ID")
    missing = [name for name, text in (("MLFLOW_TRACKING_URI", uri), ("MLFLOW_RUN_ID", run)) if not text]
    if not uri or not run:
        raise NotInRun(
            f"{' and '.join(missing)} not set: metrics are logged from inside a job. "
            "Submit it (amlet job create -f sweep.yml --emulator --stream), or set both to log to a run of your own."
        )
    if _current and _current[0] == os.getpid():
        if (_current[1].uri, _current[1].run) == (uri, run):
            return _current[1]
        close()
    _current = os.getpid(), _Connection(uri, run)
    return _current[1]
