"""A client that is led to an emulator it cannot reach fails, and reaches nothing else."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest
from azure.ai.ml import MLClient
from azure.identity import DefaultAzureCredential

from emulator.services.context import Emulator

pytestmark = [pytest.mark.oracle, pytest.mark.slow, pytest.mark.filterwarnings("ignore")]


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names that were looked up and are not this machine's; none is let through."""
    asked: list[str] = []
    look_up = socket.getaddrinfo

    def guarded(host: Any, *rest: Any, **options: Any) -> Any:
        if host not in ("127.0.0.1", "localhost"):
            asked.append(str(host))
            raise socket.gaierror(f"{host} is outside")
        return look_up(host, *rest, **options)

    monkeypatch.setattr(socket, "getaddrinfo", guarded)
    return asked


def submit() -> None:
    """Make a client and ask it for a job, without its patience."""
    credential = DefaultAzureCredential(retry_total=0)
    client = MLClient(credential, "sub", "group", "ws", enable_telemetry=False, retry_total=0)
    client.jobs.get("job")


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def test_an_emulator_that_is_down_is_an_error(
    emulator: Emulator, outside: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    origin = f"https://127.0.0.1:{closed_port()}"
    monkeypatch.setenv("ARM_CLOUD_METADATA_URL", f"{origin}/metadata/endpoints?api-version=2019-05-01")
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"{origin}/msi/token")
    with pytest.raises(Exception, match=r"(?i)cloud|connection|refused"):
        submit()
    assert outside == []


def test_an_emulator_whose_certificate_is_not_trusted_is_an_error(
    emulator: Emulator, outside: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import certifi

    monkeypatch.setenv("REQUESTS_CA_BUNDLE", certifi.where())
    with pytest.raises(Exception, match=r"(?i)cloud|certificate"):
        submit()
    assert outside == []


def test_a_bundle_that_is_not_there_is_an_error(
    emulator: Emulator, outside: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "missing.pem"))
    with pytest.raises(Exception, match=r"(?i)cloud|CA certificate bundle"):
        submit()
    assert outside == []


def test_a_dead_proxy_stands_in_nobodys_way_while_this_machine_needs_none(
    emulator: Emulator, outside: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{closed_port()}")
    with pytest.raises(Exception, match="Job job not found"):
        submit()
    assert outside == []


def test_a_dead_proxy_before_this_machine_is_an_error(
    emulator: Emulator, outside: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{closed_port()}")
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.setenv("no_proxy", "")
    with pytest.raises(Exception, match=r"(?i)cloud|proxy"):
        submit()
    assert outside == []
