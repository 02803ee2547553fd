"""Submits a job with the official SDK as a program of its own; each request it makes goes to the parent process.

    python -P sdk_submission.py < lines > lines

The first line on stdin says what to submit. Each request is then a line on stdout, and its answer the next on stdin;
no request reaches the network from here. The one file of the packages that imports the official SDK.
"""

from __future__ import annotations

import base64
import io
import json
import logging
import os
import sys
import warnings
from threading import Lock
from typing import Any, cast


class Parent:
    """The other end of stdin and stdout."""

    def __init__(self) -> None:
        self._out = os.fdopen(os.dup(1), "w", encoding="utf-8")
        os.dup2(2, 1)  # what the SDK prints is not for the parent
        self._lock = Lock()

    def read(self) -> dict[str, Any]:
        """The next line."""
        line: dict[str, Any] = json.loads(sys.stdin.readline())
        return line

    def ask(self, question: dict[str, Any]) -> dict[str, Any]:
        """Write a line and read the answer to it."""
        with self._lock:
            self.tell(question)
            return self.read()

    def tell(self, line: dict[str, Any]) -> None:
        """Write a line."""
        self._out.write(json.dumps(line) + "\n")
        self._out.flush()


class Token:
    """A credential whose token is not valid: the parent puts its own in its place."""

    token, expires_on = "e30.e30.none", 2**40

    def get_token(self, *scopes: str, **options: Any) -> Token:
        """This."""
        return self


def redirect(parent: Parent) -> None:
    """Let every request of this process go to the parent."""
    import requests
    import urllib3

    def request(self: Any, method: str, url: str, **options: Any) -> Any:
        body: Any = options.get("data")
        content = body.read() if hasattr(body, "read") else body.encode() if isinstance(body, str) else body
        prepared = requests.Request(method, url, params=options.get("params")).prepare()
        told = parent.ask(
            {
                "method": method,
                "url": prepared.url,
                "headers": {name: str(text) for name, text in (options.get("headers") or {}).items()},
                "body": base64.b64encode(content or b"").decode(),
            }
        )
        answer = requests.Response()
        answer.status_code, answer.url, answer.reason = told["status"], url, ""
        answer.headers.update(told["headers"])
        answer.request = prepared
        answer.raw = urllib3.HTTPResponse(
            io.BytesIO(base64.b64decode(told["body"])),
            headers=told["headers"],
            status=told["status"],
            preload_content=False,
        )
        return answer

    setattr(requests.Session, "request", request)  # noqa: B010 - of another type, on purpose


def main() -> None:
    """Submit what the first line says."""
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    parent = Parent()
    task = parent.read()
    redirect(parent)
    from azure.ai.ml import MLClient, load_job

    origin = task["origin"]
    cloud = {
        "azure_portal": "https://portal.azure.com/",
        "resource_manager": f"{origin}/",
        "active_directory": f"{origin}/",
        "aml_resource_id": "https://ml.azure.com",
        "storage_endpoint": task["storage"],
        "registry_discovery_endpoint": f"{origin}/",
    }
    client = MLClient(
        cast(Any, Token()), *task["workspace"], cloud="AmletComparison", cloud_metadata=cloud, enable_telemetry=False
    )
    job = load_job(task["file"], params_override=task["changes"])
    job.name = task["name"]
    client.jobs.create_or_update(job)
    parent.tell({"done": True})


if __name__ == "__main__":
    main()
