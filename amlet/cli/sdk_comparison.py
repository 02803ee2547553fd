"""`--compare-sdk`: the requests and the body of the same job by the installed official SDK, beside our plan."""

from __future__ import annotations

import base64
import difflib
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from amlet.cli.exits import Exit, Refusal
from amlet.cli.interpreter import tool_of
from gateway.client.connection import Connection
from gateway.operations.dry_run import Rehearsal
from gateway.operations.plan import Plan
from gateway.transport.calls import call
from gateway.transport.messages import Request

_CHILD = Path(__file__).with_name("sdk_submission.py")
_RANDOM = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")

#: Header fields that belong to one connection, and are made anew.
_OF_A_CONNECTION = ("connection", "content-encoding", "content-length", "host")


class Comparison(NamedTuple):
    """What the two have in common and what not.

    Parameters:
        requests: how many each makes, by method and path; only where the numbers differ, as `(line, sdk, ours)`.
        body: the difference of the bodies, as a unified diff; empty when they are equal.
        counts: how many requests the SDK makes, and how many we make.
    """

    requests: list[tuple[str, int, int]]
    body: list[str]
    counts: tuple[int, int]

    @property
    def document(self) -> dict[str, Any]:
        """The comparison as JSON."""
        return {
            "requests": [{"request": line, "sdk": sdk, "ours": ours} for line, sdk, ours in self.requests],
            "body": self.body,
            "counts": {"sdk": self.counts[0], "ours": self.counts[1]},
        }

    @property
    def text(self) -> str:
        """The comparison for people."""
        rows = [f"  {sdk:>3} {ours:>4}  {line}" for line, sdk, ours in self.requests]
        return "\n".join(
            [
                f"Requests: the official SDK {self.counts[0]}, amlet {self.counts[1]}; different in number:",
                *(["  SDK ours"] if rows else ["  none"]),
                *rows,
                "The body is the same." if not self.body else "The body differs (- SDK, + amlet):",
                *self.body,
            ]
        )


def require_sdk() -> None:
    """Say how to install the official SDK where it is missing.

    Raises:
        Refusal: it is.
    """
    try:
        found = find_spec("azure.ai.ml")
    except ModuleNotFoundError:
        found = None
    if found is None:
        own = f"{sys.executable} -m pip install azure-ai-ml"
        tools = {"uv": "uv tool install amlet --with azure-ai-ml", "pipx": "pipx inject amlet azure-ai-ml"}
        how = tools.get(tool_of() or "", own)
        raise Refusal(f"--compare-sdk needs the official SDK in the Python of amlet: {how}", Exit.USAGE)


def compare(connection: Connection, ours: Plan, file: Path, changes: Sequence[dict[str, Any]]) -> Comparison:
    """Build the job of a file with the official SDK and compare; only what reads is really asked.

    Parameters:
        connection: the way to the workspace.
        ours: our own plan of the same job.
        file: the job's file.
        changes: fields that are replaced, as `load_job` takes them.

    Raises:
        Refusal: the SDK is not installed, or does not take the job.
    """
    require_sdk()
    name = urlsplit(ours.submission.url).path.rpartition("/")[2]
    theirs = _ask_sdk(connection, file, changes, name)
    sent = [request for request in theirs if urlsplit(request.url).path.endswith(f"/jobs/{name}")]
    counts = Counter(map(_plain_line, theirs)), Counter(map(_plain_line, ours.asked))
    lines = dict.fromkeys([*counts[0], *counts[1]])
    return Comparison(
        [(line, counts[0][line], counts[1][line]) for line in lines if counts[0][line] != counts[1][line]],
        list(_body_difference(sent[-1], ours.submission)),
        (len(theirs), len(ours.asked)),
    )


def _ask_sdk(connection: Connection, file: Path, changes: Sequence[dict[str, Any]], name: str) -> list[Request]:
    """The requests of the official SDK, in order."""
    workspace = connection.workspace
    place = workspace.id
    task = {
        "origin": workspace.endpoints.resource_manager,
        "storage": workspace.endpoints.storage_suffix,
        "workspace": [place.subscription, place.resource_group, place.name],
        "file": str(file.absolute()),
        "changes": list(changes),
        "name": name,
    }
    rehearsal = Rehearsal()
    with TemporaryFile("w+", encoding="utf-8") as errors:
        done = _serve(connection, rehearsal, task, errors)
        errors.seek(0)
        reason = errors.read().strip().splitlines()[-1:]
    if not done:
        raise Refusal(f"the official SDK does not submit the job: {''.join(reason) or 'it gives no reason'}")
    return rehearsal.asked


def _serve(connection: Connection, rehearsal: Rehearsal, task: dict[str, Any], errors: IO[str]) -> bool:
    """Run the SDK and answer what it asks; whether it came to the end."""
    command = [sys.executable, "-P", str(_CHILD)]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": errors}
    with subprocess.Popen(command, **pipes, text=True, encoding="utf-8") as child:
        told = task
        for question in chain([{}], map(json.loads, child.stdout or ())):
            if question.get("done"):
                return True
            if question:
                told = _answer(connection, rehearsal, question)
            print(json.dumps(told), file=child.stdin, flush=True)
    return False


def _answer(connection: Connection, rehearsal: Rehearsal, question: dict[str, Any]) -> dict[str, Any]:
    origin = connection.workspace.endpoints.resource_manager
    headers = _of_any_connection(question["headers"])
    signed_in = headers.get("authorization", "").startswith("Bearer ")
    if signed_in:
        del headers["authorization"]
    request = Request(
        question["method"],
        question["url"],
        headers=headers,
        body=base64.b64decode(question["body"]) or None,
        audience=origin if signed_in else None,
    )
    answer = connection.run(rehearsal.of(call(request)) if signed_in else rehearsal.exchange(request))
    body = base64.b64encode(answer.body).decode()
    return {"status": answer.status, "headers": _of_any_connection(answer.headers), "body": body}


def _of_any_connection(headers: Mapping[str, str]) -> dict[str, str]:
    """Header fields, names in lower case; all that a signature covers is among them."""
    return {name.lower(): text for name, text in headers.items() if name.lower() not in _OF_A_CONNECTION}


def _plain_line(request: Request) -> str:
    """Method and path, with what is random in it left out."""
    parts = urlsplit(request.url)
    query = {**dict(parse_qsl(parts.query)), **request.params}
    comp = f"?comp={query['comp']}" if "comp" in query else ""
    return _RANDOM.sub("<random>", f"{request.method} {parts.path}{comp}")


def _body_difference(theirs: Request, ours: Request) -> Iterator[str]:
    yield from difflib.unified_diff(_lines(theirs), _lines(ours), "azure-ai-ml", "amlet", lineterm="")


def _lines(request: Request) -> list[str]:
    """The body, laid out and without what is random in it."""
    body = json.dumps(json.loads(request.body or b"null"), indent=2, sort_keys=True, ensure_ascii=False)
    return _RANDOM.sub("<random>", body).splitlines()
