"""Listening for workers on other hosts: only when it is told to, by TLS alone, and for nobody else."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from emulator.server import home
from emulator.server.home import Record
from emulator.server.listen import Listen
from emulator.server.tls import Certificates

#: An address of this machine that is not the one on which an emulator listens for this machine.
_OTHER = "127.0.0.2"

_SCRIPT = """
import sys
from pathlib import Path
from emulator.server.listen import Listen
from emulator.server.process import Options, serve
home, state_dir, address = sys.argv[1:]
serve(Options(Path(home), Path(state_dir), 0, 0, listen=Listen.read(address)), lambda record: print("on", flush=True))
"""


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("10.0.0.5", None, Listen("10.0.0.5", 8444, "10.0.0.5")),
        ("10.0.0.5:9", "box", Listen("10.0.0.5", 9, "box")),
        ("0.0.0.0:0", None, Listen("0.0.0.0", 0, socket.getfqdn())),
        ("[::1]:9", None, Listen("::1", 9, "::1")),
        ("::1", None, Listen("::1", 8444, "::1")),
    ],
)
def test_an_address_says_where_to_listen_and_how_others_call_it(text: str, name: str | None, expected: Listen) -> None:
    assert Listen.read(text, name) == expected


@pytest.mark.parametrize("text", ["", "example", "10.0.0.5:", "10.0.0.5:x", "10.0.0.5:70000", "10.0.0.5/8", "[::1"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"address|port"):
        Listen.read(text)


def test_an_origin_has_the_name_and_the_port_that_was_found() -> None:
    assert Listen.read("0.0.0.0:0", "box").origin(4711) == "https://box:4711"
    assert Listen.read("[::1]:0").origin(4711) == "https://[::1]:4711"


def test_the_certificate_of_other_names_is_of_the_same_authority_and_of_its_owner_alone(tmp_path: Path) -> None:
    certificates = Certificates.ensure(tmp_path / "ca")
    own = tmp_path / "trust" / "workers.pem"
    certificates.issue(["box.example", "10.0.0.5"], own)
    context = ssl.create_default_context(cafile=certificates.ca)
    assert own.stat().st_mode & 0o077 == 0
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(own)
    incoming, outgoing = (ssl.MemoryBIO(), ssl.MemoryBIO()), (ssl.MemoryBIO(), ssl.MemoryBIO())
    near = context.wrap_bio(incoming[0], incoming[1], server_hostname="box.example")
    far = server.wrap_bio(outgoing[0], outgoing[1], server_side=True)
    for _ in range(4):
        for one, sent, to in ((near, incoming[1], outgoing[0]), (far, outgoing[1], incoming[0])):
            with contextlib.suppress(ssl.SSLWantReadError):
                one.do_handshake()
            to.write(sent.read())
    names = {name for _, name in near.getpeercert()["subjectAltName"]}  # type: ignore[index]
    assert names == {"box.example", "10.0.0.5"}


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Record]:
    """An emulator that listens on another address of this machine."""
    arguments = [str(tmp_path / "home"), str(tmp_path / "state"), f"{_OTHER}:0"]
    process = subprocess.Popen([sys.executable, "-c", _SCRIPT, *arguments], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "on\n"
    (found,) = home.running(tmp_path / "home")
    yield found
    process.kill()
    process.communicate()


def test_other_hosts_are_answered_by_tls_with_its_authority_and_get_nothing_without_a_token(record: Record) -> None:
    assert record.workers is not None
    port = int(record.workers.rpartition(":")[2])
    assert record.workers == f"https://{_OTHER}:{port}"

    def get(path: str, headers: dict[str, str] | None = None) -> tuple[int, str]:
        context = ssl.create_default_context(cafile=record.ca)
        connection = http.client.HTTPSConnection(_OTHER, port, context=context, timeout=20)
        connection.request("GET", path, headers=headers or {})
        answer = connection.getresponse()
        body = json.loads(answer.read())
        connection.close()
        return answer.status, body["error"]["code"]

    for path in ("/", "/runs/x", "/_amlet/health", "/metadata/endpoints", "/subscriptions?api-version=2022-12-01"):
        assert get(path) == (403, "AuthorizationFailed")
    identity = {"X-IDENTITY-HEADER": record.identity_header, "Metadata": "true"}
    assert get("/msi/token?resource=https://management.azure.com&api-version=2019-08-01", identity)[0] == 403
    assert get("/_amlet/attempts/1-1/lease", {"Authorization": "Bearer x"})[0] in {401, 405}

    with socket.create_connection((_OTHER, port), timeout=20) as plain:
        plain.sendall(b"GET /_amlet/health HTTP/1.1\r\nHost: x\r\n\r\n")
        assert not plain.recv(1000).startswith(b"HTTP")
    for own in (record.https_port, record.http_port):
        with pytest.raises(OSError):
            socket.create_connection((_OTHER, own), timeout=20)
