"""Bearer tokens: any credential object, a cache per audience, renewed before they expire."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Protocol, runtime_checkable

from contracts.studio import Cloud

#: Renew so many seconds before a token expires; when that fails, try again after so many. Source: azure-core.
_EARLY = 300.0
_PATIENCE = 30.0


class AccessToken(Protocol):
    """What a credential answers: `token` is the text, `expires_on` seconds since the epoch."""

    @property
    def token(self) -> str: ...

    @property
    def expires_on(self) -> int: ...


@runtime_checkable
class TokenCredential(Protocol):
    """Any azure-identity credential, or any object with this method."""

    def get_token(self, *scopes: str, **options: Any) -> AccessToken: ...


@runtime_checkable
class TokenInfoCredential(Protocol):
    """An object with the newer method of azure-identity's credentials, which is preferred where there are both."""

    def get_token_info(self, *scopes: str, options: Any = None) -> AccessToken: ...


Credential = TokenCredential | TokenInfoCredential


@dataclass(slots=True)
class TokenCache:
    """The tokens of one credential, renewed before they expire; safe to use from several threads.

    Parameters:
        credential: where tokens come from; None means Azure's default chain, imported when first needed.
        now: seconds since the epoch.
        authority: where Azure's default chain signs in; None leaves it to the audience's cloud.
    """

    credential: Credential | None = None
    now: Callable[[], float] = time.time
    authority: str | None = None
    _tokens: dict[str, AccessToken] = field(default_factory=dict)
    _renew_at: dict[str, float] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def token(self, audience: str, *, claims: str | None = None, refused: str | None = None) -> str:
        """The text of a valid token for an audience.

        Parameters:
            audience: whom it is for.
            claims: what a claims challenge asked for, as JSON.
            refused: the text of a token that the service did not accept; another one is fetched, once for all who
                come with it.

        Raises:
            Exception: whatever the credential raises when it cannot get one.
        """
        # Held while the credential is asked: many threads whose token expires at once shall sign in once.
        with self._lock:
            known = self._tokens.get(audience)
            # Only the token that was refused is replaced: another thread may have fetched a new one meanwhile.
            if known is None or known.token == refused or known.expires_on <= self.now():
                return self._fetched(audience, claims)
            if self.now() >= self._renew_at[audience]:
                try:
                    return self._fetched(audience, None)
                except Exception:  # noqa: BLE001 - credentials raise what they like; it counts when the token has expired
                    self._renew_at[audience] = self.now() + _PATIENCE
            return known.token

    def _fetched(self, audience: str, claims: str | None) -> str:
        token = self._tokens[audience] = self._ask(audience, claims)
        early: float | None = getattr(token, "refresh_on", None)  # of azure-core's AccessTokenInfo
        self._renew_at[audience] = early or token.expires_on - _EARLY
        return token.token

    def _ask(self, audience: str, claims: str | None) -> AccessToken:
        if self.credential is None:
            self.credential = self._default_chain(audience)
        scope = f"{audience.rstrip('/')}/.default"
        options = {"claims": claims} if claims else {}
        if isinstance(self.credential, TokenInfoCredential):
            return self.credential.get_token_info(scope, options=options)
        return self.credential.get_token(scope, **options)

    def _default_chain(self, audience: str) -> TokenCredential:
        from azure.identity import DefaultAzureCredential

        sovereign = set(Cloud) - {Cloud.AZURE}  # AZURE_AUTHORITY_HOST goes on to count for the public cloud
        cloud = next((known for known in sovereign if known.resource_manager == audience.rstrip("/")), None)
        authority = cloud.authority if cloud else self.authority
        return DefaultAzureCredential(**({"authority": authority} if authority else {}))
