"""No bytes make the emulator fail: blobs and their XML, bodies that are not JSON, imported records, snapshots.

`AMLET_FUZZ_REQUESTS=20000` sends more than the quick run does. A failure names its request and the seed; it fails by a
status of 500 or above, or by a list that cannot be read afterwards.
"""

from __future__ import annotations

import copy
import json
import os
import random
from collections.abc import Iterator
from typing import Any

import pytest

from emulator.services.context import Emulator
from tests.emulator.api.control.conftest import API, WORKSPACE, Send, emulator, job_url, put_sweep, send
from tests.emulator.api.fuzzer import ODD

__all__ = ["emulator", "send"]  # fixtures of the control interface

_REQUESTS = int(os.environ.get("AMLET_FUZZ_REQUESTS", "240"))
_SEED = int(os.environ.get("AMLET_FUZZ_SEED", "1"))

Sent = tuple[str, str, dict[str, str], bytes]

_BLOCKS = (
    b'<?xml version="1.0" encoding="utf-8"?><BlockList><Latest>AAAA</Latest><Uncommitted>AQ==</Uncommitted></BlockList>'
)
_XML = (
    *(_BLOCKS, b"", b"<BlockList/>", b"<BlockList><Latest/></BlockList>", b"<Latest>AAAA</Latest>", b"\xff\xfe<\0B\0"),
    *(b"<BlockList><Latest>" + b"A" * 5_000 + b"</Latest></BlockList>", b"<a>" * 2_000, b"<!DOCTYPE x []><BlockList/>"),
    *(b'<?xml version="1.0" encoding="%s"?><BlockList/>' % name for name in (b"utf-7", b"shift_jis", b"x", b"idna")),
)
_HEADERS = (
    *(
        "x-ms-blob-type",
        "x-ms-range",
        "range",
        "content-type",
        "content-md5",
        "x-ms-meta-a",
        "if-match",
        "if-none-match",
    ),
    *("x-ms-version", "x-ms-blob-content-md5", "x-ms-blob-content-type", "x-ms-client-request-id", "content-encoding"),
    *(
        "if-modified-since",
        "x-ms-copy-source",
        "x-ms-lease-id",
        "transfer-encoding",
        "accept-encoding",
        "content-range",
    ),
)
_VALUES = (
    *(
        "BlockBlob",
        "PageBlob",
        "bytes=0-",
        "bytes=-1",
        "bytes=5-2",
        "bytes=0-9,3-4",
        "*",
        '"x"',
        "",
        "text/html",
        "x" * 9_000,
    ),
    *(
        "2021-06-08",
        "1999-01-01",
        "é",
        "gzip",
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "9" * 40,
        "AAAA",
        "=",
        "%00",
        "application/json",
    ),
)
_QUERY = (
    *("comp=block", "comp=blocklist", "comp=list", "comp=metadata", "comp=properties", "restype=container", "comp=x"),
    *("blockid=AAAA", "blockid=AQ%3D%3D", "blockid=%FF", "blockid=", "maxresults=0", "maxresults=x", "marker=%00"),
    *(
        "prefix=a",
        "prefix=..%2F",
        "delimiter=%2F",
        "include=metadata",
        "sv=2020-01-01",
        "sr=c",
        "sig=x",
        "se=x",
        "timeout=x",
    ),
)
_BLOBS = ("a", "a/b", "x.txt", "%00", "..", "../x", "%2e%2e/x", "a" * 1_100, "é", "%FF", "a//b", "")


def spoiled(chance: random.Random, content: bytes) -> bytes:
    """Some bytes changed, cut out or repeated."""
    found = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 8))):
        at = chance.randrange(len(found) + 1)
        match chance.randrange(4):
            case 0:
                found[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                del found[at : at + chance.choice((1, 2, 50, len(found)))]
            case 2:
                found[at:at] = found[:at][-20:]
            case 3:
                found[at:at] = bytes(chance.randrange(256) for _ in range(4))
    return bytes(found)


def failures(send: Send, requests: Iterator[Sent]) -> list[str]:
    """What was answered by 500 or above; 501 says that an operation is not served."""
    found = []
    for number, (method, url, headers, content) in enumerate(requests):
        encoded = {name: value.encode() for name, value in {"Authorization": "Bearer t", **headers}.items()}
        answer = send(method, url, headers=encoded, content=content)
        if answer.status_code >= 500 and answer.status_code != 501:
            found.append(
                f"{number}: {method} {url} {headers} {content[:300]!r} -> {answer.status_code} {answer.text[:300]}"
            )
    return found


def blob_requests(chance: random.Random, container: str, count: int) -> Iterator[Sent]:
    """Requests to the blob service."""
    for _ in range(count):
        query = "&".join(chance.choice(_QUERY) for _ in range(chance.choice((0, 1, 1, 2, 3))))
        headers = {chance.choice(_HEADERS): chance.choice(_VALUES) for _ in range(3)}
        if chance.random() < 0.8:
            headers |= {"x-ms-version": "2021-06-08", "x-ms-blob-type": "BlockBlob"}
        content = chance.choice(_XML)
        content = spoiled(chance, content) if chance.random() < 0.6 else content
        place = chance.choice((container, container, container, "x", "%00", "$root"))
        method = chance.choice(("PUT", "PUT", "GET", "HEAD", "DELETE", "POST"))
        yield method, f"/emu.blob.core.windows.net/{place}/{chance.choice(_BLOBS)}?{query}", headers, content


def body_requests(chance: random.Random, body: bytes, count: int) -> Iterator[Sent]:
    """Requests with JSON that is broken, or is not what its header says."""
    mlflow = f"/mlflow/v2.0{WORKSPACE}/api/2.0/mlflow"
    history = f"/history/v1.0{WORKSPACE}"
    places = (
        *(
            ("PUT", job_url("f")),
            ("PATCH", job_url("f")),
            ("POST", job_url("f", "/cancel")),
            ("PUT", "/_amlet/scenario"),
        ),
        *(("POST", f"{mlflow}/runs/log-batch"), ("POST", f"{mlflow}/runs/search"), ("POST", f"{mlflow}/runs/create")),
        *(("PATCH", f"{history}/runs/one"), ("POST", f"{history}/runs:query"), ("POST", "/_amlet/faults")),
        *(("POST", "/_amlet/clock"), ("PUT", f"{WORKSPACE}/data/x/versions/1?{API}"), ("POST", "/_amlet/restore")),
        *(("PUT", f"{WORKSPACE}/datastores/x?{API}"), ("PUT", f"/_amlet{WORKSPACE}/jobs/g/record")),
    )
    types = ("application/json", "text/plain", "application/json; charset=utf-16", "multipart/form-data", "é", "")
    for _ in range(count):
        method, url = chance.choice(places)
        content = chance.choice(
            (spoiled(chance, body), b"\xff" + body, b"[" * 5_000, b'{"a":' * 3_000, b"", b"NaN", b"1e999")
        )
        yield method, url, {"content-type": chance.choice(types)}, content


def record_requests(chance: random.Random, record: Any, count: int) -> Iterator[Sent]:
    """Records of jobs of which a value is odd."""
    for number in range(count):
        document = copy.deepcopy(record)
        for _ in range(chance.choice((1, 1, 2))):
            _put_odd(chance, document)
        text = json.dumps(document).replace('"one', f'"r{number}')
        yield "PUT", f"/_amlet{WORKSPACE}/jobs/r{number}/record", {}, text.encode()


def _put_odd(chance: random.Random, document: Any) -> None:
    place = document["job"]
    while isinstance(place, dict | list) and place:
        key = chance.choice(list(place) if isinstance(place, dict) else range(len(place)))
        inner = place[key]
        if not (isinstance(inner, dict | list) and inner) or chance.random() < 0.15:
            place[key] = copy.deepcopy(chance.choice(ODD))
            return
        place = inner


@pytest.fixture
def ended(send: Send) -> Send:
    """An emulator with a sweep that has ended."""
    send("PUT", "/_amlet/scenario", json={"trials": [{"match": {"trial": 0}, "metrics": {"accuracy": [0.1]}}]})
    put_sweep(send)
    send("POST", "/_amlet/clock", json={"settle": True})
    return send


@pytest.fixture
def chance() -> random.Random:
    return random.Random(_SEED)


def test_no_bytes_make_the_blob_service_fail(ended: Send, chance: random.Random, emulator: Emulator) -> None:
    stores = ended("GET", f"{WORKSPACE}/datastores/workspaceblobstore?{API}").json()
    container = stores["properties"]["containerName"]
    assert not failures(ended, blob_requests(chance, container, _REQUESTS))
    listed = ended("GET", f"/emu.blob.core.windows.net/{container}?restype=container&comp=list")
    assert listed.status_code == 200


def test_no_body_makes_an_operation_fail(ended: Send, chance: random.Random) -> None:
    body = json.dumps(
        {"properties": {"jobType": "Command", "command": "true", "environmentId": "azureml:e:1"}}
    ).encode()
    assert not failures(ended, body_requests(chance, body, _REQUESTS))


def test_no_record_makes_an_import_fail(ended: Send, chance: random.Random) -> None:
    record = ended("GET", f"/_amlet{WORKSPACE}/jobs/one/record").json()
    assert not failures(ended, record_requests(chance, record, _REQUESTS // 4))
    assert ended("GET", f"{WORKSPACE}/jobs?{API}").status_code == 200
    assert ended("POST", f"/mlflow/v2.0{WORKSPACE}/api/2.0/mlflow/runs/search", json={}).status_code < 500


def test_no_snapshot_makes_a_restore_fail(ended: Send, chance: random.Random) -> None:
    assert ended("POST", "/_amlet/snapshot", json={"name": "good"}).status_code == 201
    good = ended("GET", "/_amlet/snapshot/good").content

    def requests() -> Iterator[Sent]:
        for _ in range(max(10, _REQUESTS // 40)):
            yield "PUT", "/_amlet/snapshot/bad", {}, spoiled(chance, good)
            yield "POST", "/_amlet/restore", {"content-type": "application/json"}, b'{"name": "bad"}'

    assert not failures(ended, requests())
    assert ended("POST", "/_amlet/restore", json={"name": "good"}).status_code == 200
    assert ended("GET", job_url("one")).json()["properties"]["status"] == "Completed"
