"""Access tokens: real signed JWTs, issued and checked by this emulator."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import TYPE_CHECKING, Any

from emulator.identity.keys import ALGORITHM, RUN_ALGORITHM, SigningKey
from emulator.ids import Ids, RandomIds

if TYPE_CHECKING:
    from emulator.clock import Clock

#: The emulator's own directory, and the one principal in it.
TENANT = str(uuid.uuid5(uuid.NAMESPACE_DNS, "tenant.amlet.invalid"))
PRINCIPAL = str(uuid.uuid5(uuid.NAMESPACE_DNS, "principal.amlet.invalid"))

#: The audiences of the services that the emulator replaces; tokens for any of them open its control and data planes.
AZURE_AUDIENCES = frozenset(
    {"https://management.azure.com", "https://management.core.windows.net", "https://ml.azure.com"}
)
STORAGE_AUDIENCE = "https://storage.azure.com"

_RUN_CLAIM, _ATTEMPT_CLAIM = "amlet_run", "amlet_attempt"

#: After the emulator's origin: the audience of the tokens with which workers run an attempt.
_ATTEMPTS = "/_amlet/attempts"
_REMEMBERED = 4096


class Refusal(Enum):
    """Why a token is not good; the value is ARM's error code (from ARM's public answers to bad tokens)."""

    MISSING = "AuthenticationFailed"
    MALFORMED = "InvalidAuthenticationToken"
    EXPIRED = "ExpiredAuthenticationToken"
    WRONG_AUDIENCE = "InvalidAuthenticationTokenAudience"
    FOREIGN_ISSUER = "InvalidAuthenticationTokenTenant"


class TokenRefused(Exception):
    """The bearer token of a request opens nothing here: answer 401.

    Parameters:
        reason: one of five.
        message: ARM's text, for people.
        authority: URL where a good token can be had.
    """

    def __init__(self, reason: Refusal, message: str, authority: str) -> None:
        super().__init__(message)
        self.reason, self.message = reason, message
        self.code: str = reason.value
        self._authority = authority

    @property
    def challenge(self) -> str:
        """Value of the `WWW-Authenticate` header."""
        start = f'Bearer authorization_uri="{self._authority}"'
        if self.reason is Refusal.MISSING:
            return start
        quoted = self.message.replace('"', "'")
        return f'{start}, error="invalid_token", error_description="{quoted}"'


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sent a request.

    Parameters:
        object_id: the principal.
        tenant: its directory.
        run: the one job that a trial's token is good for, else None.
        expires: seconds since the epoch.
        attempt: of that job, the attempt that the token was given to, by its id; None where it is bound to none.
    """

    object_id: str
    tenant: str
    run: str | None
    expires: float
    attempt: str | None = None


class TokenAuthority:
    """Issues tokens and checks those that come in.

    Parameters:
        key: signs and verifies.
        origin: the emulator's HTTPS origin, `https://127.0.0.1:8443`.
        clock: tells what has expired.
        strict: False takes any bearer token that is not empty (`--auth any`).
        ids: names the tokens.
    """

    def __init__(
        self, key: SigningKey, *, origin: str, clock: Clock, strict: bool = True, ids: Ids | None = None
    ) -> None:
        self.key = key
        self.origin = origin.rstrip("/")
        self._clock = clock
        self._strict = strict
        self._ids = ids or RandomIds()
        self._audiences = AZURE_AUDIENCES | {self.origin, self.origin.replace("127.0.0.1", "localhost")}
        self._known: dict[str, tuple[Caller, str]] = {}

    def issuer(self, tenant: str = TENANT) -> str:
        """The `iss` claim of a tenant's tokens."""
        return f"{self.origin}/{tenant}/v2.0"

    def issue(
        self,
        audience: str,
        *,
        lifetime: int = 3600,
        tenant: str = TENANT,
        object_id: str = PRINCIPAL,
        client_id: str = PRINCIPAL,
        run: str | None = None,
        attempt: str | None = None,
    ) -> str:
        """A new token.

        Parameters:
            audience: the resource it is for, `https://management.azure.com`.
            lifetime: seconds.
            tenant, object_id, client_id: whose it is.
            run: name of the one job that it may write to (a trial's token).
            attempt: of that job, by its id; the token opens nothing any more when another attempt has taken its place.
        """
        now = int(self._clock.now())
        claims: dict[str, Any] = {
            "aud": audience,
            "iss": self.issuer(tenant),
            "iat": now,
            "nbf": now,
            "exp": now + lifetime,
            "appid": client_id,
            "idtyp": "app",
            "oid": object_id,
            "sub": object_id,
            "tid": tenant,
            "uti": self._ids.hex("token")[:22],
            "ver": "1.0",
        }
        if run is not None:
            claims[_RUN_CLAIM] = run
            if attempt is not None:
                claims[_ATTEMPT_CLAIM] = attempt
            return self.key.run_token(claims)

        import jwt

        return jwt.encode(claims, self.key.private, ALGORITHM, headers={"kid": self.key.public_jwk["kid"]})

    def issue_for_run(self, run: str, *, lifetime: int, attempt: str | None = None) -> str:
        """The token that a trial finds in MLFLOW_TRACKING_TOKEN."""
        return self.issue(self.origin, lifetime=lifetime, run=run, attempt=attempt)

    def issue_for_worker(self, run: str, attempt: str, *, lifetime: int) -> str:
        """The token with which a worker runs one attempt: its fencing token."""
        return self.issue(f"{self.origin}{_ATTEMPTS}", lifetime=lifetime, run=run, attempt=attempt)

    def verify_worker(self, authorization: str | None) -> Caller:
        """As `verify`, for a token of `issue_for_worker`; no other one is taken, whatever `--auth` says.

        Raises:
            TokenRefused: with the reason.
        """
        caller = self._checked(self._bearer(authorization), frozenset({f"{self.origin}{_ATTEMPTS}"}))
        if caller.run is None or caller.attempt is None:
            raise self._refused(Refusal.WRONG_AUDIENCE, "The access token is not that of an attempt.")
        return caller

    def verify_run(self, authorization: str | None) -> Caller:
        """As `verify`, for the token of an attempt's command; no other one is taken, whatever `--auth` says.

        Raises:
            TokenRefused: with the reason.
        """
        caller = self._checked(self._bearer(authorization), self._audiences)
        if caller.run is None or caller.attempt is None:
            raise self._refused(Refusal.WRONG_AUDIENCE, "The access token is not that of an attempt.")
        return caller

    def verify(self, authorization: str | None, *, audiences: frozenset[str] | None = None) -> Caller:
        """Check the `Authorization` header of a request.

        Parameters:
            authorization: the header, None when there is none.
            audiences: what the token may be for; the control plane's own by default.

        Raises:
            TokenRefused: with the reason.
        """
        token = self._bearer(authorization)
        if not self._strict:
            return Caller(PRINCIPAL, TENANT, None, float("inf"), self._attempt_of(token))
        return self._checked(token, self._audiences if audiences is None else audiences)

    def _bearer(self, authorization: str | None) -> str:
        """The token of an `Authorization` header."""
        if not authorization:
            raise self._refused(Refusal.MISSING, "Authentication failed. The 'Authorization' header is missing.")
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise self._refused(
                Refusal.MISSING, "Authentication failed. The 'Authorization' header is provided in an invalid format."
            )
        return token.strip()

    def _checked(self, token: str, audiences: frozenset[str]) -> Caller:
        caller, audience = self._known.get(token) or self._read(token)
        if caller.expires <= self._clock.now():
            raise self._expired(caller.expires)
        if audience.rstrip("/") not in audiences:
            raise self._refused(
                Refusal.WRONG_AUDIENCE,
                f"The access token has been obtained for wrong audience or resource '{audience}'. "
                f"It should exactly match with one of the allowed audiences '{','.join(sorted(audiences))}'.",
            )
        return caller

    def _attempt_of(self, token: str) -> str | None:
        """The attempt that a token was given to, where any token is taken: what it writes may count no more."""
        if token.count(".") != 2:
            return None
        try:
            return (self._known.get(token) or self._read(token))[0].attempt
        except TokenRefused:
            return None

    def _read(self, token: str) -> tuple[Caller, str]:
        import jwt

        try:
            # First without the signature: a token of another issuer gets the answer that names it.
            unverified = jwt.decode(token, options={"verify_signature": False})
        except jwt.PyJWTError as error:
            raise self._refused(Refusal.MALFORMED, f"The access token is invalid: {error}.") from None
        if "iss" not in unverified:
            raise self._refused(Refusal.MALFORMED, "The access token is invalid: it has no issuer.")
        try:
            # The header only chooses between two keys, each of which is good for one algorithm: nobody can have the
            # public key taken for a shared secret.
            of_run = jwt.get_unverified_header(token).get("alg") == RUN_ALGORITHM
            claims = jwt.decode(
                token,
                self.key.run_secret if of_run else self.key.private.public_key(),
                [RUN_ALGORITHM if of_run else ALGORITHM],
                # `verify` looks at the times, by the emulator's clock, which may be virtual; the library would take the
                # machine's.
                options={"verify_aud": False, "verify_exp": False, "verify_iat": False, "verify_nbf": False},
            )
            caller, audience = _caller(claims), str(claims["aud"])
        except (jwt.PyJWTError, KeyError, TypeError, ValueError):
            raise self._foreign(unverified) from None
        if claims.get("iss") != self.issuer(caller.tenant):
            raise self._foreign(claims)
        if len(self._known) >= _REMEMBERED:
            # All of them: to keep those in use, every request would have to note its use.
            self._known.clear()
        self._known[token] = (caller, audience)
        return caller, audience

    def _expired(self, expires: float) -> TokenRefused:
        then, now = (
            datetime.fromtimestamp(at, UTC).strftime("%m/%d/%Y %I:%M:%S %p") for at in (expires, self._clock.now())
        )
        return self._refused(
            Refusal.EXPIRED,
            f"The access token expiry UTC time '{then}' is earlier than current UTC time '{now}'.",
        )

    def _foreign(self, claims: Mapping[str, Any]) -> TokenRefused:
        if str(claims.get("iss")).startswith(f"{self.origin}/"):
            return self._refused(
                Refusal.MALFORMED, "The access token is invalid: its signature is not this emulator's."
            )
        return self._refused(
            Refusal.FOREIGN_ISSUER,
            f"The access token is from the wrong issuer '{claims.get('iss')}'. It must be signed by this emulator "
            f"('{self.issuer()}'): get one from its token endpoints, or start it with --auth any.",
        )

    def _refused(self, reason: Refusal, message: str) -> TokenRefused:
        return TokenRefused(reason, message, f"{self.origin}/{TENANT}")


def _caller(claims: Mapping[str, Any]) -> Caller:
    run, attempt = (None if claims.get(name) is None else str(claims[name]) for name in (_RUN_CLAIM, _ATTEMPT_CLAIM))
    return Caller(str(claims["oid"]), str(claims["tid"]), run, float(claims["exp"]), attempt)
