"""Which client reached which operation of the control plane, in which test: what docs/coverage.json is made of.

`AMLET_COVERAGE=record pytest tests/emulator/api/arm tests/emulator/clients` writes it; fewer tests, a part of it.
In every other run a test fails that does not reach what the file says of it.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

FILE = Path(__file__).resolve().parents[2] / "docs" / "coverage.json"
RAW = "REST"

#: Beginnings of the User-Agent headers of the clients that count as themselves, the others being raw REST.
_CLIENTS = {"azure-ai-ml/": "azure-ai-ml", "mlflow-python-client/": "mlflow", "azureml-mlflow": "azureml-mlflow"}
_PROVIDER = "/providers/Microsoft.MachineLearningServices"
_IN_A_GROUP = re.compile(rf"^/subscriptions/[^/]+/resourceGroups/[^/]+{_PROVIDER}(?P<rest>/.+)$", re.IGNORECASE)
_IN_A_SUBSCRIPTION = re.compile(rf"^/subscriptions/[^/]+{_PROVIDER}/workspaces$", re.IGNORECASE)

#: By operation and client, what a test saw of it.
Seen = dict[str, dict[str, dict[str, Any]]]


def operation(method: str, url: str) -> str | None:
    """The operation that a request is for, `GET /workspaces/{}/jobs/{}`; None for one of another plane.

    >>> operation("GET", "https://127.0.0.1:1/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w/jobs/j")
    'GET /workspaces/{}/jobs/{}'
    """
    path = unquote(urlsplit(url).path)
    if _IN_A_SUBSCRIPTION.match(path):
        return f"{method} /subscriptions/{{}}{_PROVIDER}/workspaces"
    found = _IN_A_GROUP.match(path)
    if not found:
        return None
    words = found["rest"].strip("/").split("/")
    return f"{method} /" + "/".join("{}" if place % 2 else word for place, word in enumerate(words))


def client_of(user_agent: str) -> str:
    """The client that sends such a header."""
    return next((name for start, name in _CLIENTS.items() if user_agent.startswith(start)), RAW)


class Exercised:
    """What the tests of this process reach."""

    def __init__(self) -> None:
        self._known: Seen = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}
        self._found: Seen = {}
        self._of_this_test: set[tuple[str, str]] = set()
        self._ran: set[str] = set()
        self._test = ""

    def note(self, client: str, method: str, url: str, status: int) -> None:
        """A client was answered."""
        reached = operation(method, url)
        if reached is None or status >= 500:
            return
        self._of_this_test.add((reached, client))
        self._keep(reached, client, {"test": self._test, "status": status})

    def _keep(self, reached: str, client: str, one: dict[str, Any]) -> None:
        before = self._found.setdefault(reached, {}).setdefault(client, one)
        self._found[reached][client] = min(before, one, key=_weight)

    def during(self, test: str) -> Iterator[None]:
        """Follow one test, and refuse what the file says of it and was not seen."""
        self._test, self._of_this_test = test, set()
        self._ran.add(test)
        yield
        claims = {
            (reached, client)
            for reached, clients in self._known.items()
            for client, one in clients.items()
            if one["test"] == test
        }
        missing = claims - self._of_this_test
        assert not missing or self.is_recording, f"docs/coverage.json says so, but {test} does not reach {missing}"

    @property
    def is_recording(self) -> bool:
        """Whether the file is written at the end."""
        return os.environ.get("AMLET_COVERAGE") == "record"

    def write(self) -> None:
        """Write what was found, beside what the file says of tests that did not run."""
        for reached, clients in self._known.items():
            for client, one in clients.items():
                if one["test"] not in self._ran:
                    self._keep(reached, client, one)
        found: Mapping[str, Any] = {key: dict(sorted(self._found[key].items())) for key in sorted(self._found)}
        FILE.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def _weight(one: Mapping[str, Any]) -> tuple[bool, bool, str]:
    """The best evidence comes first: a success, seen after a restart."""
    return one["status"] >= 400, "test_restart.py" not in one["test"], one["test"]


EXERCISED = Exercised()
