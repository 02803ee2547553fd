"""The ports of a state directory, kept from start to start, so that links and tracking addresses stay good.

Needs nothing but the standard library, so that a client can start an emulator without loading one.
"""

from __future__ import annotations

import json
import socket
from pathlib import Path

from emulator.files import write_whole

HOST = "127.0.0.1"


def listening(port: int, host: str = HOST) -> socket.socket:
    """A socket that listens on a port of this machine.

    Parameters:
        port: 0 takes a free one.
        host: the address to listen on.

    Raises:
        OSError: another process listens there, or it may not be used.
    """
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(2048)
    except OSError:
        listener.close()
        raise
    return listener


def remember(state_dir: Path, https_port: int, http_port: int) -> None:
    """Keep the ports on which the emulator of a state directory answers."""
    write_whole(_file(state_dir), json.dumps({"https": https_port, "http": http_port}).encode(), mode=0o600)


def remembered(state_dir: Path) -> tuple[int, int] | None:
    """The ports of the last start, HTTPS and plain; None where there was none, or its file is damaged."""
    try:
        kept = json.loads(_file(state_dir).read_text())
        return int(kept["https"]), int(kept["http"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def automatic(state_dir: Path) -> tuple[int, int]:
    """The ports of an automatic start: those of the last one as far as they are free, else 0."""
    kept = remembered(state_dir)
    if kept is None:
        return 0, 0
    https, http = (port if _is_free(port) else 0 for port in kept)
    return https, http


def _is_free(port: int) -> bool:
    try:
        listening(port).close()
    except (OSError, OverflowError):
        return False
    return True


def _file(state_dir: Path) -> Path:
    return state_dir / "ports.json"
