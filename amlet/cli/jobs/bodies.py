"""The ARM bodies of jobs in a text: a JSON document, a recording, or the log of a client with its requests. Pure."""

from __future__ import annotations

import ast
import json
import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, unquote

_OBJECT = re.compile(r"\{\s*\"")
_URL = re.compile(r"/jobs/(?P<name>[^/?'\"\s]+)\?(?P<query>[^'\"\s]*)")
#: How logs introduce what was sent (azure-cli and azure-core, also with their loggers' names before it) and received.
_SENT = re.compile(r"Request body:|A body is sent with the request", re.IGNORECASE)
_RECEIVED = re.compile(r"Response (?:content|body):|Response status", re.IGNORECASE)
#: A body as Python shows bytes: quotes and backslashes in it are escaped once more.
_BYTES = re.compile(r"""\bb(?P<quote>['"])\{.*""")
#: How often the length of a text may be read in vain, and how much of it for an object that is nested too deeply.
_MOST_WASTED = 8
_NESTED = 100_000
#: What only a job has; a document without `jobType` is one all the same.
_OF_A_JOB = frozenset({"jobType", "searchSpace", "samplingAlgorithm", "trial", "command", "objective"})


@dataclass(frozen=True, slots=True)
class JobBody:
    """One body.

    Parameters:
        document: `{"properties": {...}}`.
        prefix: JSON path of the properties in what was given: `$.properties`, or `$` when they stood there bare.
        name: of the job, when it is known.
        api_version: of the request, when it is known.
        line: where the body begins in the text, from 1.
    """

    document: Mapping[str, Any]
    prefix: str = "$.properties"
    name: str | None = None
    api_version: str | None = None
    line: int = 1


def bodies_in(text: str) -> list[JobBody]:
    """All job bodies of a text, those that were sent before those that only came back.

    Parameters:
        text: a JSON document, or a log such as that of `az ml job create --debug`.

    Raises:
        ValueError: there is none; the text says what was looked for, or where the JSON breaks off.
    """
    broken = ""
    start = text.lstrip("\ufeff \t\r\n")
    if start[:1] in ("{", "["):
        try:
            whole = json.loads(start)
        except RecursionError:
            raise ValueError("the JSON is nested too deeply") from None
        except ValueError as error:
            broken = str(error)
        else:
            return _of_document(whole)
    found = list(_of_log(_BYTES.sub(_read_literal, text)))
    sent = [body for was_sent, body in found if was_sent]
    bodies = sent or [body for _, body in found]
    if bodies:
        return bodies
    if broken:
        raise ValueError(f"the JSON is broken: {broken}")
    raise ValueError(
        'there is no job body: looked for JSON with "properties" and a "jobType", alone or in a log of requests '
        "(az ... --debug). A job's YAML file is checked by: amlet job validate -f FILE"
    )


def _of_document(whole: Any) -> list[JobBody]:
    found = [JobBody(body, f"{path}.properties", _text(body.get("name"))) for path, body in _documents(whole, "$")]
    if found:
        return found
    if isinstance(whole, dict) and _OF_A_JOB & whole.keys():
        return [JobBody({"properties": whole}, "$")]
    if isinstance(whole, dict):
        return [JobBody(whole, name=_text(whole.get("name")))]
    raise ValueError(f"a job's body is an object, this is {'a list' if isinstance(whole, list) else 'none'}")


def _documents(value: Any, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The objects that look like a job's body, at any depth, outermost first."""
    if isinstance(value, dict):
        properties = value.get("properties")
        if isinstance(properties, dict) and _OF_A_JOB & properties.keys():
            yield path, value
            return
        for key, inner in value.items():
            yield from _documents(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _documents(inner, f"{path}[{place}]")


def _of_log(text: str) -> Iterator[tuple[bool, JobBody]]:
    """Each body in a log or recording, and whether it was sent."""
    sent, received, requests = ([found.start() for found in kind.finditer(text)] for kind in (_SENT, _RECEIVED, _URL))
    decoder, end, wasted = json.JSONDecoder(), 0, 0
    line, counted = 1, 0
    for start in (found.start() for found in _OBJECT.finditer(text)):
        if start < end:
            continue
        try:
            document, end = decoder.raw_decode(text, start)
        except (ValueError, RecursionError) as error:
            # What is whole in a broken object is looked for too, as long as that costs no more than the text is long
            # a few times; then the search goes on behind what was read.
            broken_at = error.pos if isinstance(error, json.JSONDecodeError) else min(len(text), start + _NESTED)
            wasted += broken_at - start
            if wasted > _MOST_WASTED * len(text):
                end = broken_at
            continue
        line, counted = line + text.count("\n", counted, start), start
        for path, body in _documents(document, "$"):
            # A recording has the URL beside the body, a log before it.
            name, version = _request(text, _last_before(requests, start if path == "$" else end))
            was_sent = path.startswith("$.request") or (
                path == "$" and _last_before(sent, start) >= _last_before(received, start)
            )
            yield was_sent, JobBody(body, f"{path}.properties", name, version, line)


def _request(text: str, place: int) -> tuple[str | None, str | None]:
    """Name and api-version of the request for a job whose URL stands there."""
    found = _URL.match(text, place) if place >= 0 else None
    if found is None:
        return None, None
    return unquote(found["name"]), parse_qs(found["query"]).get("api-version", [None])[0]


def _last_before(places: Sequence[int], end: int) -> int:
    """The last place before another one; -1 when there is none."""
    before = bisect_left(places, end)
    return places[before - 1] if before else -1


def _read_literal(found: re.Match[str]) -> str:
    end = found[0].rfind("}" + found["quote"]) + 2
    literal, rest = found[0][:end], found[0][end:]
    try:
        return bytes(ast.literal_eval(literal)).decode("utf-8", "replace") + rest
    except (ValueError, SyntaxError):
        return found[0]


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
