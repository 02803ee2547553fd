"""The key that signs this emulator's tokens.

`cryptography` costs 0.1 s to import and is loaded with the first token, not with the server.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

import orjson

from emulator.storage import meta

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

    from emulator.storage import Database

ALGORITHM = "RS256"
RUN_ALGORITHM = "HS256"


class SigningKey:
    """An RSA key, made when it is first needed.

    Parameters:
        keep: returns the PEM that is kept somewhere, or calls its argument for a new one, keeps and returns that.
    """

    def __init__(self, keep: Callable[[Callable[[], bytes]], bytes]) -> None:
        self._keep = keep

    @classmethod
    def kept_in(cls, store: Database) -> SigningKey:
        """The key of a store."""
        return cls(lambda make: store.write(lambda conn: meta.get_or_make(conn, "signing_key", make)).result())

    @cached_property
    def private(self) -> RSAPrivateKey:
        """The key itself."""
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        return cast("RSAPrivateKey", load_pem_private_key(self._keep(_new_pem), password=None))

    @cached_property
    def run_secret(self) -> bytes:
        """Signs the tokens of runs, which only this emulator verifies, at a tenth of the cost."""
        return hashlib.sha256(b"tokens of runs" + self._keep(_new_pem)).digest()

    def run_token(self, claims: Mapping[str, Any]) -> str:
        """The token of a run, in the compact form of RFC 7515.

        Each attempt needs one: PyJWT takes ten times as long to sign it, and a tenth of a second to be imported.
        """
        signed = f"{_RUN_HEADER}.{_base64url(orjson.dumps(claims))}"
        return f"{signed}.{_base64url(hmac.digest(self.run_secret, signed.encode(), 'sha256'))}"

    @cached_property
    def public_jwk(self) -> dict[str, str]:
        """The public half as a JSON web key, with the id that tokens name in their header."""
        numbers = self.private.public_key().public_numbers()
        modulus, exponent = _number(numbers.n), _number(numbers.e)
        kid = _base64url(hashlib.sha256(modulus.encode()).digest()[:20])
        return {"kty": "RSA", "use": "sig", "alg": ALGORITHM, "kid": kid, "n": modulus, "e": exponent}


def _new_pem() -> bytes:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _number(value: int) -> str:
    return _base64url(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


_RUN_HEADER = _base64url(orjson.dumps({"alg": RUN_ALGORITHM, "typ": "JWT"}))
