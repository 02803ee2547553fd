"""Where an emulator listens for other hosts, when it is told to: `--listen ADDRESS[:PORT]`."""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass
from ipaddress import ip_address

#: The port where none is named.
PORT = 8444

_EVERY = ("0.0.0.0", "::")  # noqa: S104 - compared, not listened on
_TEXT = re.compile(r"(\[(?P<six>[0-9a-fA-F:.]+)\]|(?P<host>[^:\[\]/\s]+))(:(?P<port>\d{1,5}))?")
_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|[0-9a-fA-F:]+")


@dataclass(frozen=True, slots=True)
class Listen:
    """An address, and how other hosts call it.

    Parameters:
        host: an address of this machine, or `0.0.0.0` or `::` for all of them.
        port: 0 takes a free one.
        name: the name or address by which other hosts reach it.
    """

    host: str
    port: int
    name: str

    @classmethod
    def read(cls, text: str, name: str | None = None) -> Listen:
        """What options say.

        Parameters:
            text: `ADDRESS` or `ADDRESS:PORT`; an IPv6 address with a port stands in brackets.
            name: by default the address, or the name of this machine where that is all of them.

        Raises:
            ValueError: they say nothing that can be listened on.

        >>> Listen.read("10.0.0.5:9000")
        Listen(host='10.0.0.5', port=9000, name='10.0.0.5')
        """
        found = _TEXT.fullmatch(text)
        host = text if text.count(":") > 1 and not text.startswith("[") else found and (found["six"] or found["host"])
        port = int(found["port"]) if found and found["port"] else PORT
        try:
            address = str(ip_address(host or ""))
        except ValueError:
            raise ValueError(f"{text!r} is not an address of this machine, such as 0.0.0.0 or 10.0.0.5:8444") from None
        if port > 65_535:
            raise ValueError(f"{port} is not a port")
        shown = name or (socket.getfqdn() if address in _EVERY else address)
        if not _NAME.fullmatch(shown):
            raise ValueError(f"{shown!r} is not the name of a host")
        return cls(address, port, shown)

    def origin(self, port: int) -> str:
        """Where other hosts reach it.

        Parameters:
            port: that it listens on.
        """
        return f"https://{f'[{self.name}]' if ':' in self.name else self.name}:{port}"

    @property
    def names(self) -> tuple[str, ...]:
        """What its certificate is for."""
        every = [self.name, *([] if self.host in _EVERY else [self.host]), "localhost", "127.0.0.1", "::1"]
        return tuple(dict.fromkeys(every))
