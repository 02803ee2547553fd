"""Tokens: what is issued opens the emulator, everything else is refused with its own reason."""

from __future__ import annotations

import base64
import json

import jwt
import pytest

from emulator.clock import VirtualClock
from emulator.identity.keys import SigningKey
from emulator.identity.tokens import STORAGE_AUDIENCE, Refusal, TokenAuthority, TokenRefused
from emulator.storage import Database

ORIGIN = "https://127.0.0.1:8443"
KEY = SigningKey(lambda make: make())


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(1_700_000_000.0)


@pytest.fixture
def tokens(clock: VirtualClock) -> TokenAuthority:
    return TokenAuthority(KEY, origin=ORIGIN, clock=clock)


def refusal(tokens: TokenAuthority, authorization: str | None) -> TokenRefused:
    with pytest.raises(TokenRefused) as refused:
        tokens.verify(authorization)
    return refused.value


@pytest.mark.parametrize("audience", [ORIGIN, f"{ORIGIN}/", "https://management.azure.com", "https://ml.azure.com"])
def test_an_issued_token_opens_the_emulator(tokens: TokenAuthority, audience: str) -> None:
    caller = tokens.verify(f"Bearer {tokens.issue(audience, tenant='t', object_id='o')}")
    assert (caller.tenant, caller.object_id, caller.run) == ("t", "o", None)


def test_an_issued_token_looks_like_one_of_the_cloud(tokens: TokenAuthority) -> None:
    head, body, signature = tokens.issue("https://management.azure.com").split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    assert {"aud", "iss", "iat", "nbf", "exp", "oid", "sub", "tid", "appid"} <= set(claims)
    assert json.loads(base64.urlsafe_b64decode(head + "=="))["kid"] == KEY.public_jwk["kid"]
    assert signature


def test_the_published_key_verifies_an_issued_token(tokens: TokenAuthority) -> None:
    public = jwt.PyJWK(KEY.public_jwk).key
    options: jwt.types.Options = {"verify_exp": False}
    jwt.decode(tokens.issue(ORIGIN), public, ["RS256"], audience=ORIGIN, options=options)


def test_a_trials_token_names_its_run(tokens: TokenAuthority) -> None:
    assert tokens.verify(f"Bearer {tokens.issue_for_run('sweep_3', lifetime=60)}").run == "sweep_3"


@pytest.mark.parametrize("header", [None, "", "Basic abc", "Bearer", "Bearer  "])
def test_no_token_is_missing(tokens: TokenAuthority, header: str | None) -> None:
    refused = refusal(tokens, header)
    assert refused.reason is Refusal.MISSING
    assert refused.challenge.startswith(f'Bearer authorization_uri="{ORIGIN}/')


@pytest.mark.parametrize("token", ["x", "a.b.c", "e30.e30.", "....", "\u00e9.\u00e9.\u00e9"])
def test_no_jwt_is_malformed(tokens: TokenAuthority, token: str) -> None:
    assert refusal(tokens, f"Bearer {token}").reason is Refusal.MALFORMED


def test_a_token_expires_on_the_second_also_when_it_was_seen_before(
    tokens: TokenAuthority, clock: VirtualClock
) -> None:
    header = f"Bearer {tokens.issue(ORIGIN, lifetime=60)}"
    clock.advance(59)
    tokens.verify(header)
    clock.advance(1)
    refused = refusal(tokens, header)
    assert refused.code == "ExpiredAuthenticationToken"
    assert 'error="invalid_token"' in refused.challenge


def test_a_token_for_something_else_names_both_audiences(tokens: TokenAuthority) -> None:
    refused = refusal(tokens, f"Bearer {tokens.issue('https://graph.microsoft.com')}")
    assert refused.reason is Refusal.WRONG_AUDIENCE
    assert "graph.microsoft.com" in refused.message
    assert ORIGIN in refused.message


def test_a_storage_token_opens_storage_only(tokens: TokenAuthority) -> None:
    header = f"Bearer {tokens.issue(STORAGE_AUDIENCE)}"
    tokens.verify(header, audiences=frozenset({STORAGE_AUDIENCE}))
    assert refusal(tokens, header).reason is Refusal.WRONG_AUDIENCE


def test_another_emulators_token_is_foreign(tokens: TokenAuthority, clock: VirtualClock) -> None:
    other_place = TokenAuthority(KEY, origin="https://127.0.0.1:1", clock=clock)
    assert refusal(tokens, f"Bearer {other_place.issue(ORIGIN)}").reason is Refusal.FOREIGN_ISSUER


def test_a_token_that_another_key_signed_is_invalid(tokens: TokenAuthority, clock: VirtualClock) -> None:
    other_key = TokenAuthority(SigningKey(lambda make: make()), origin=ORIGIN, clock=clock)
    refused = refusal(tokens, f"Bearer {other_key.issue(ORIGIN)}")
    assert (refused.reason, "signature" in refused.message) == (Refusal.MALFORMED, True)


def test_an_unsigned_token_is_invalid(tokens: TokenAuthority, clock: VirtualClock) -> None:
    claims = jwt.decode(tokens.issue(ORIGIN), options={"verify_signature": False})
    assert refusal(tokens, f"Bearer {jwt.encode(claims, '', 'none')}").reason is Refusal.MALFORMED


def test_auth_any_takes_any_token_but_not_none(clock: VirtualClock) -> None:
    lax = TokenAuthority(KEY, origin=ORIGIN, clock=clock, strict=False)
    lax.verify("Bearer whatever")
    assert refusal(lax, "Bearer ").reason is Refusal.MISSING


def test_a_store_keeps_its_key(clock: VirtualClock) -> None:
    store = Database.in_memory()
    token = TokenAuthority(SigningKey.kept_in(store), origin=ORIGIN, clock=clock).issue(ORIGIN)
    TokenAuthority(SigningKey.kept_in(store), origin=ORIGIN, clock=clock).verify(f"Bearer {token}")
    store.close()


def test_the_token_of_a_run_is_a_json_web_token_of_its_key(tokens: TokenAuthority) -> None:
    token, secret = tokens.issue_for_run("job", lifetime=60, attempt="1/1"), tokens.key.run_secret
    assert jwt.get_unverified_header(token) == {"alg": "HS256", "typ": "JWT"}
    unchecked = dict.fromkeys(("verify_aud", "verify_exp", "verify_nbf", "verify_iat"), False)
    claims = jwt.decode(token, secret, ["HS256"], options=unchecked)
    assert claims["amlet_run"] == "job"
    assert jwt.encode(claims, secret, "HS256") == token
