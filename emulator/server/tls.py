"""The emulator's own certificate authority: made once, kept in the home folder, trusted only where one says so."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from emulator.files import write_whole

_NAMES = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Certificates:
    """The files of an authority.

    Parameters:
        folder: where they are; private keys in it are for their owner alone.
    """

    folder: Path

    @property
    def ca(self) -> Path:
        """Certificate of the authority: what a client has to trust."""
        return self.folder / "ca.pem"

    @property
    def server(self) -> Path:
        """Key and certificate of the server, for 127.0.0.1 and localhost."""
        return self.folder / "server.pem"

    @classmethod
    def ensure(cls, folder: Path) -> Certificates:
        """The certificates in a folder, made when there are none.

        Two processes may do this at once: the first one's files stay.
        """
        found = cls(folder)
        if not found.ca.is_file() or not found.server.is_file():
            folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            made = Path(tempfile.mkdtemp(prefix=".ca-", dir=folder.parent))
            _make(cls(made))
            try:
                made.rename(folder)
            except OSError:
                shutil.rmtree(made)
                if not found.ca.is_file():
                    raise FileExistsError(
                        f"{folder} is there but holds no complete certificate authority; remove it, it is made anew"
                    ) from None
        return found

    def issue(self, names: Sequence[str], path: Path) -> None:
        """Write key and certificate of a server with other names, for its owner alone, in the place of earlier ones.

        Parameters:
            names: host names and addresses.
            path: of the file.

        Raises:
            OSError: the authority's key cannot be read, or the file not be written.
        """
        import trustme

        authority = trustme.CA.from_pem(self.ca.read_bytes(), (self.folder / "ca.key").read_bytes())
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(path, authority.issue_cert(*names).private_key_and_cert_chain_pem.bytes(), mode=0o600)


def _make(certificates: Certificates) -> None:
    import trustme

    authority = trustme.CA(organization_name="amlet", organization_unit_name="emulator on this machine")
    server = authority.issue_cert(*_NAMES)
    _write_private(certificates.folder / "ca.key", authority.private_key_pem.bytes())
    _write_private(certificates.server, server.private_key_and_cert_chain_pem.bytes())
    certificates.ca.write_bytes(authority.cert_pem.bytes())


def _write_private(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
