"""Tokens: where they come from, how long they serve, and when another one is asked for."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest
from azure.core.exceptions import ClientAuthenticationError

from contracts.studio import Cloud
from gateway.transport.auth import TokenCache
from gateway.transport.calls import read_json
from gateway.transport.messages import Request, Response
from tests.gateway.transport.conftest import HOST

OK = Response(200, {}, b"{}")
HOUR = 3600


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


class Issuer:
    """Numbered tokens that are valid for an hour; fails when told to."""

    def __init__(self, clock: Clock, **fields: Any) -> None:
        self.clock, self.fields = clock, fields
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.fails = False

    def get_token(self, *scopes: str, **options: Any) -> Any:
        if self.fails:
            raise ClientAuthenticationError("signed out")
        self.asked.append((scopes[0], options))
        fields = {name: self.clock.now + seconds for name, seconds in self.fields.items()}
        return SimpleNamespace(token=f"token-{len(self.asked)}", expires_on=int(self.clock.now) + HOUR, **fields)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def _cache(clock: Clock, **fields: Any) -> tuple[TokenCache, Issuer]:
    issuer = Issuer(clock, **fields)
    return TokenCache(issuer, now=clock), issuer


@pytest.mark.parametrize(
    ("audience", "given", "expected"),
    [
        (Cloud.CHINA.resource_manager, None, {"authority": Cloud.CHINA.authority}),
        (Cloud.AZURE.resource_manager, None, {}),
        ("https://127.0.0.1:8443", None, {}),
        (
            "https://arm.private.example",
            "https://login.private.example/",
            {"authority": "https://login.private.example/"},
        ),
    ],
)
def test_the_default_chain_signs_in_at_the_clouds_own_authority(
    monkeypatch: pytest.MonkeyPatch, audience: str, given: str | None, expected: dict[str, str]
) -> None:
    made: list[dict[str, Any]] = []

    class Chain:
        def __init__(self, **options: Any) -> None:
            made.append(options)

        def get_token(self, *scopes: str, **options: Any) -> Any:
            return SimpleNamespace(token=scopes[0], expires_on=2**40)

    monkeypatch.setattr("azure.identity.DefaultAzureCredential", Chain)
    assert TokenCache(authority=given).token(audience) == f"{audience}/.default"
    assert made == [expected]


def test_each_audience_has_its_own_token(clock: Clock) -> None:
    cache, issuer = _cache(clock)
    assert [cache.token(name) for name in ("https://a", "https://b", "https://a/", "https://a")] == [
        "token-1",
        "token-2",
        "token-3",
        "token-1",
    ]
    assert [scope for scope, _ in issuer.asked] == ["https://a/.default", "https://b/.default", "https://a/.default"]


def test_a_token_is_renewed_before_it_expires(clock: Clock) -> None:
    cache, _ = _cache(clock)
    cache.token(HOST)
    clock.now += HOUR - 301
    assert cache.token(HOST) == "token-1"
    clock.now += 2
    assert cache.token(HOST) == "token-2"


def test_a_token_is_renewed_when_it_asks_for_it(clock: Clock) -> None:
    cache, _ = _cache(clock, refresh_on=100)
    cache.token(HOST)
    clock.now += 101
    assert cache.token(HOST) == "token-2"


def test_a_failing_renewal_does_not_count_while_the_token_is_valid(clock: Clock) -> None:
    cache, issuer = _cache(clock)
    cache.token(HOST)
    clock.now += HOUR - 100
    issuer.fails = True
    assert cache.token(HOST) == "token-1"
    issuer.fails = False
    assert cache.token(HOST) == "token-1", "it is tried again after some seconds, not at once"
    clock.now += 31
    assert cache.token(HOST) == "token-2"


def test_an_expired_token_is_never_used(clock: Clock) -> None:
    cache, issuer = _cache(clock)
    cache.token(HOST)
    clock.now += HOUR
    issuer.fails = True
    with pytest.raises(ClientAuthenticationError):
        cache.token(HOST)


def test_a_refused_token_is_replaced_once_for_all_who_come_with_it(clock: Clock) -> None:
    cache, issuer = _cache(clock)
    refused = cache.token(HOST)
    with ThreadPoolExecutor(8) as pool:
        again = list(pool.map(lambda _: cache.token(HOST, refused=refused), range(8)))
    assert set(again) == {"token-2"}
    assert len(issuer.asked) == 2


def test_the_newer_method_of_a_credential_is_preferred(clock: Clock) -> None:
    class Newer(Issuer):
        def get_token_info(self, *scopes: str, options: Any = None) -> Any:
            return SimpleNamespace(token=f"info {options}", expires_on=2**40)

    cache = TokenCache(Newer(clock), now=clock)
    assert cache.token(HOST, claims="{}") == "info {'claims': '{}'}"


def test_a_credential_needs_only_the_newer_method() -> None:
    class Only:
        def get_token_info(self, *scopes: str, options: Any = None) -> Any:
            return SimpleNamespace(token="t", expires_on=2**40)

    assert TokenCache(Only()).token(HOST) == "t"


def test_the_user_s_own_token_goes_along_where_the_job_acts_as_the_user(answering) -> None:
    on = answering(OK)
    on.session.run(read_json(Request("PUT", f"{HOST}/jobs/j", audience=HOST, user_audience="https://ml.azure.com")))
    assert on.script.asked[0].headers["x-azureml-token"] == "token-2"
    assert [scope for scope, _ in on.credential.calls] == [f"{HOST}/.default", "https://ml.azure.com/.default"]


def test_both_tokens_are_renewed_when_one_of_them_is_refused(answering) -> None:
    on = answering(Response(401), OK)
    on.session.run(read_json(Request("PUT", f"{HOST}/jobs/j", audience=HOST, user_audience="https://ml.azure.com")))
    sent = on.script.asked[1].headers
    assert (sent["Authorization"], sent["x-azureml-token"]) == ("Bearer token-3", "token-4")


def test_a_credential_that_fails_is_an_authentication_error_with_a_hint(answering) -> None:
    on = answering()

    def fail(*scopes: str, **options: Any) -> Any:
        raise ClientAuthenticationError("DefaultAzureCredential failed to retrieve a token")

    on.credential.get_token = fail
    with pytest.raises(
        ClientAuthenticationError, match=f"no token for {HOST}: DefaultAzureCredential failed"
    ) as raised:
        on.session.run(read_json(Request("GET", f"{HOST}/jobs/j", audience=HOST)))
    assert "az login" in raised.value.hint
    assert on.script.asked == []


@pytest.mark.parametrize(
    ("said", "short"),
    [
        ("It failed.\nAttempted credentials:\n\tEnvironmentCredential: no", f"no token for {HOST}: It failed."),
        (
            "It failed.\n\tEnv: AADSTS7000215: Invalid secret.\nTrace",
            f"no token for {HOST}: AADSTS7000215: Invalid secret.",
        ),
    ],
)
def test_of_what_a_credential_tried_only_the_reason_is_told(answering, said: str, short: str) -> None:
    on = answering()

    def fail(*scopes: str, **options: Any) -> Any:
        raise ClientAuthenticationError(said)

    on.credential.get_token = fail
    with pytest.raises(ClientAuthenticationError) as raised:
        on.session.run(read_json(Request("GET", f"{HOST}/jobs/j", audience=HOST)))
    assert str(raised.value).splitlines()[0] == short
    assert str(raised.value.__cause__) == said


def test_an_error_that_is_none_of_a_credential_s_stays_what_it_is(answering) -> None:
    on = answering()

    def fail(*scopes: str, **options: Any) -> Any:
        raise KeyError("mistake")

    on.credential.get_token = fail
    with pytest.raises(KeyError, match="mistake"):
        on.session.run(read_json(Request("GET", f"{HOST}/jobs/j", audience=HOST)))
