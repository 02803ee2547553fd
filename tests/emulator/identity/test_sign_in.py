"""Official credentials sign in at the emulator, and only there."""

from __future__ import annotations

import threading
from collections.abc import Callable

import httpx
import pytest
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import ClientSecretCredential, CredentialUnavailableError, ManagedIdentityCredential
from starlette.applications import Starlette

from emulator.api.identity import managed_identity, metadata, oauth
from emulator.services.context import Emulator


@pytest.fixture
def emulator(
    serve_tls: Callable[..., object], make_emulator: Callable[[str], Emulator], monkeypatch: pytest.MonkeyPatch
) -> Emulator:
    made: list[Emulator] = []

    def app(origin: str) -> Starlette:
        made.append(make_emulator(origin))
        return Starlette(routes=[*metadata.routes(made[0]), *managed_identity.routes(made[0]), *oauth.routes(made[0])])

    served = serve_tls(app)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(served.ca))  # type: ignore[attr-defined]
    return made[0]


def test_a_managed_identity_gets_a_token(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"{emulator.place.https_origin}{managed_identity.PATH}")
    monkeypatch.setenv("IDENTITY_HEADER", emulator.secrets.identity_header)
    token = ManagedIdentityCredential().get_token("https://management.azure.com/.default")
    caller = emulator.tokens.verify(f"Bearer {token.token}")
    assert caller.expires == pytest.approx(token.expires_on, abs=2)


def test_a_managed_identity_without_this_emulators_header_gets_none(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"{emulator.place.https_origin}{managed_identity.PATH}")
    monkeypatch.setenv("IDENTITY_HEADER", "guess")
    with pytest.raises((CredentialUnavailableError, ClientAuthenticationError), match="IDENTITY_HEADER"):
        ManagedIdentityCredential().get_token("https://management.azure.com/.default")


def test_a_client_secret_signs_in_with_only_the_authority_in_the_environment(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZURE_AUTHORITY_HOST", f"{emulator.place.https_origin}/{oauth.ADFS}")
    credential = ClientSecretCredential("my-tenant", "my-client", "my-secret")
    token = credential.get_token("https://management.azure.com/.default")
    assert emulator.tokens.verify(f"Bearer {token.token}").tenant == "my-tenant"


def test_a_client_secret_signs_in_at_an_authority_given_in_code(emulator: Emulator) -> None:
    origin = emulator.place.https_origin
    credential = ClientSecretCredential("t", "c", "s", authority=origin, disable_instance_discovery=True)
    emulator.tokens.verify(f"Bearer {credential.get_token(f'{origin}/.default').token}")


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "client_credentials", "client_id": "c", "scope": "s"}, "invalid_client"),
        ({"grant_type": "client_credentials", "client_id": "c", "client_secret": "s"}, "invalid_scope"),
    ],
)
def test_other_grants_are_refused_in_the_authoritys_words(
    make_emulator: Callable[[], Emulator], ask: Callable[..., httpx.Response], form: dict[str, str], error: str
) -> None:
    answer = ask(Starlette(routes=oauth.routes(make_emulator())), "POST", "/t/oauth2/v2.0/token", data=form)
    assert answer.status_code in {400, 401}
    assert answer.json()["error"] == error


def test_the_metadata_leads_nowhere_but_here(
    make_emulator: Callable[[], Emulator], ask: Callable[..., httpx.Response]
) -> None:
    emulator = make_emulator()
    (cloud,) = ask(Starlette(routes=metadata.routes(emulator)), "GET", "/metadata/endpoints").json()
    here = emulator.place.https_origin + "/"
    assert (cloud["resourceManager"], cloud["authentication"]["loginEndpoint"]) == (here, f"{here}adfs")
    urls = [value for value in cloud.values() if isinstance(value, str) and value.startswith("http")]
    assert set(urls) - {cloud["portal"]} == {here, "https://amlet.invalid/"}


def test_newer_clients_get_one_cloud_and_no_list(
    make_emulator: Callable[[], Emulator], ask: Callable[..., httpx.Response]
) -> None:
    app, path = Starlette(routes=metadata.routes(make_emulator())), "/metadata/endpoints?api-version="
    assert [ask(app, "GET", path + "2022-09-01").json()] == ask(app, "GET", path + "2019-05-01").json()


def test_many_first_tokens_at_once_share_one_key(make_emulator: Callable[[], Emulator]) -> None:
    emulator = make_emulator()
    issued: list[str] = []
    threads = [
        threading.Thread(target=lambda: issued.append(emulator.tokens.issue(emulator.place.https_origin)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for token in issued:
        emulator.tokens.verify(f"Bearer {token}")
