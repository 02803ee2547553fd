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


class Secrets:
    """Derives every secret of an emulator from one master, so that a copied state directory keeps working.

    Parameters:
        master: at least 32 random bytes.
        page_key: instead of the derived one: for links that are the same from run to run.
    """

    def __init__(self, master: bytes, page_key: str | None = None) -> None:
        self._master = master
        self._page_key = page_key

    @classmethod
    def kept_in(cls, store: Database, page_key: str | None = None) -> Secrets:
        """The secrets of a store, made when it has none yet."""
        work = store.write(lambda conn: meta.get_or_make(conn, "master_secret", lambda: secrets.token_bytes(32)))
        return cls(work.result(), page_key)

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
        """What a studio URL carries instead of a bearer token."""
        return self._page_key or self._derive("page key")[:16].hex()

    @property
    def page_action_key(self) -> bytes:
        """What signs the tokens by which a studio page changes a job."""
        return self._derive("page actions")

    def _derive(self, purpose: str) -> bytes:
        return hmac.digest(self._master, purpose.encode(), hashlib.sha512)
