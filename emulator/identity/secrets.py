"""The secrets of one state directory, all derived from one random value that the store keeps."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING

from emulator.storage import meta

if TYPE_CHECKING:
    from emulator.storage import Database


_ROTATIONS = "page_key_rotations"
_ONCE = 60.0  # seconds


class Secrets:
    """Derives every secret of an emulator from one master, so that a copied state directory keeps working.

    Parameters:
        master: at least 32 random bytes.
        page_key: instead of the derived one: for links that are the same from run to run.
        rotations: how often the page key was rotated.
    """

    def __init__(self, master: bytes, page_key: str | None = None, rotations: int = 0) -> None:
        self._master = master
        self._rotations = rotations
        self._page_key = page_key or self._derived_page_key()
        self._process = secrets.token_bytes(32)
        self._once: dict[str, float] = {}

    @classmethod
    def kept_in(cls, store: Database, page_key: str | None = None) -> Secrets:
        """The secrets of a store, made when it has none yet."""
        master = store.write(lambda conn: meta.get_or_make(conn, "master_secret", lambda: secrets.token_bytes(32)))
        return cls(master.result(), page_key, int(meta.get(store.reader(), _ROTATIONS) or 0))

    @property
    def account_key(self) -> str:
        """Key of the storage account: 64 bytes in base64, as Azure's."""
        return base64.b64encode(self._derive("storage account key")).decode()

    @property
    def identity_header(self) -> str:
        """What a caller of the managed-identity endpoint has to know (`IDENTITY_HEADER`)."""
        return self._derive("identity header")[:16].hex()

    @property
    def client_secret(self) -> str:
        """The one secret with which a client signs in at the token endpoint (`AZURE_CLIENT_SECRET`)."""
        return base64.urlsafe_b64encode(self._derive("client secret")[:30]).decode()

    @property
    def page_key(self) -> str:
        """What a studio URL carries instead of a bearer token; in every document of a job, so it is derived once."""
        return self._page_key

    def rotate_page_key(self, store: Database) -> None:
        """Have another page key from now on: links with the old one, and the sessions they became, open nothing."""
        rotations = self._rotations + 1
        store.write(lambda conn: meta.put(conn, _ROTATIONS, str(rotations).encode())).result()
        self._rotations = rotations
        self._page_key = self._derived_page_key()
        self._once.clear()

    @property
    def page_session(self) -> str:
        """What a browser keeps that has shown a key: good until this process ends, or the page key is rotated."""
        return hmac.digest(self._process, self.page_key.encode(), hashlib.sha256).hex()

    def new_one_time_key(self, now: float) -> str:
        """A key that opens one page, once, within a minute: for a browser that is about to be started.

        Parameters:
            now: seconds since the epoch.
        """
        for key in [key for key, expires in self._once.items() if expires < now]:
            del self._once[key]
        made = secrets.token_hex(16)
        self._once[made] = now + _ONCE
        return made

    def spend(self, key: str, now: float) -> bool:
        """Whether a key is a one-time key that was not used before; it counts as used from now on."""
        expires = self._once.pop(key, None)
        return expires is not None and now <= expires

    @property
    def page_action_key(self) -> bytes:
        """What signs the tokens by which a studio page changes a job."""
        return self._derive("page actions")

    def _derived_page_key(self) -> str:
        return self._derive(f"page key {self._rotations}" if self._rotations else "page key")[:16].hex()

    def _derive(self, purpose: str) -> bytes:
        return hmac.digest(self._master, purpose.encode(), hashlib.sha512)
