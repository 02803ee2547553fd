"""Official credentials sign in at the emulator, and only there."""

from __future__ import annotations

import base64
import os
import re
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import ClientSecretCredential, CredentialUnavailableError, ManagedIdentityCredential
from starlette.applications import Starlette

from amlet._guard import command_line
from emulator.api.identity import managed_identity, metadata, oauth
from emulator.identity.secrets import Secrets
from emulator.server.launch import start_detached
from emulator.services.context import Emulator
from emulator.storage import Database


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
    credential = ClientSecretCredential("my-tenant", "my-client", emulator.secrets.client_secret)
    token = credential.get_token("https://management.azure.com/.default")
    assert emulator.tokens.verify(f"Bearer {token.token}").tenant == "my-tenant"


def test_a_client_secret_signs_in_at_an_authority_given_in_code(emulator: Emulator) -> None:
    origin = emulator.place.https_origin
    secret = emulator.secrets.client_secret
    credential = ClientSecretCredential("t", "c", secret, authority=origin, disable_instance_discovery=True)
    emulator.tokens.verify(f"Bearer {credential.get_token(f'{origin}/.default').token}")


def test_another_secret_is_refused_as_azure_does_and_told_what_helps(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZURE_AUTHORITY_HOST", f"{emulator.place.https_origin}/{oauth.ADFS}")
    credential = ClientSecretCredential("my-tenant", "my-client", "guess")
    with pytest.raises(ClientAuthenticationError, match="AADSTS7000215") as refused:
        credential.get_token("https://management.azure.com/.default")
    assert "client_secret: any" in str(refused.value)


_FORM = {"grant_type": "client_credentials", "client_id": "c", "scope": "https://management.azure.com/.default"}


@pytest.mark.parametrize(
    ("proof", "headers", "code"),
    [
        ({"client_secret": "guess"}, {}, "AADSTS7000215"),
        ({"client_secret": "\udce9".encode("utf-8", "replace").decode()}, {}, "AADSTS7000215"),
        ({"client_assertion": "e30.e30.", "client_assertion_type": "jwt-bearer"}, {}, "AADSTS700027"),
        ({"client_secret": "guess", "client_assertion": "e30.e30."}, {}, "AADSTS7000215"),
        ({}, {"Authorization": "Basic YzpndWVzcw=="}, "AADSTS7000215"),
        ({}, {"Authorization": "Basic \u00ff"}, "AADSTS7000216"),
        ({}, {}, "AADSTS7000216"),
    ],
)
def test_nothing_but_the_emulators_own_secret_gets_a_token(
    make_emulator: Callable[..., Emulator],
    ask: Callable[..., httpx.Response],
    proof: dict[str, str],
    headers: dict[str, str],
    code: str,
) -> None:
    app = Starlette(routes=oauth.routes(make_emulator()))
    sent = {name: value.encode("latin-1") for name, value in headers.items()}
    answer = ask(app, "POST", "/t/oauth2/v2.0/token", data=_FORM | proof, headers=sent)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    assert code in answer.json()["error_description"]


def test_the_secret_may_come_by_basic_authentication(
    make_emulator: Callable[..., Emulator], ask: Callable[..., httpx.Response]
) -> None:
    emulator = make_emulator()
    app = Starlette(routes=oauth.routes(emulator))
    form = {name: value for name, value in _FORM.items() if name != "client_id"}
    basic = base64.b64encode(f"c:{emulator.secrets.client_secret}".encode()).decode()
    answer = ask(app, "POST", "/t/oauth2/v2.0/token", data=form, headers={"Authorization": f"Basic {basic}"})
    assert answer.status_code == 200, answer.text
    emulator.tokens.verify(f"Bearer {answer.json()['access_token']}")


@pytest.mark.parametrize("proof", [{"client_secret": "guess"}, {"client_assertion": "e30.e30."}])
def test_a_setting_takes_any_secret(
    make_emulator: Callable[..., Emulator], ask: Callable[..., httpx.Response], proof: dict[str, str]
) -> None:
    app = Starlette(routes=oauth.routes(make_emulator(client_secret="any")))
    assert ask(app, "POST", "/t/oauth2/v2.0/token", data=_FORM | proof).status_code == 200


def test_the_secret_is_the_same_from_start_to_start_and_of_one_state_directory(tmp_path: Path) -> None:
    found = []
    for folder in ("one", "one", "other"):
        (tmp_path / folder).mkdir(exist_ok=True)
        store = Database.open(tmp_path / folder / "amlet.db")
        found.append(Secrets.kept_in(store).client_secret)
        assert stat.S_IMODE((tmp_path / folder / "amlet.db").stat().st_mode) == 0o600
        store.close()
    assert found[0] == found[1] != found[2]
    assert all(re.fullmatch(r"[\w-]{40}", secret) for secret in found)


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() != 0, reason="only root can act as another user")
def test_another_user_of_the_machine_gets_no_token(tmp_path: Path) -> None:
    for folder in (tmp_path, *tmp_path.parents):  # all that is above the emulator's own folders is open to all
        if not (mode := stat.S_IMODE(folder.stat().st_mode)) & stat.S_IXOTH:
            folder.chmod(mode | stat.S_IXOTH | stat.S_IROTH)
    record = start_detached(command_line(), tmp_path / "home", tmp_path / "state")
    attack = """
import os, pathlib, sys, urllib.error, urllib.parse, urllib.request
home, state, plain = sys.argv[1:]
for root in (home, state):
    for parent, folders, files in os.walk(root):
        for name in files:
            try:
                print("read", pathlib.Path(parent, name), len(pathlib.Path(parent, name).read_bytes()))
            except OSError:
                pass
for path, data, headers in [
    ("/msi/token?resource=x&api-version=2019-08-01", None, {"X-IDENTITY-HEADER": "guess"}),
    ("/t/oauth2/v2.0/token", b"grant_type=client_credentials&client_id=c&client_secret=s&scope=x", {}),
]:
    try:
        print("token", urllib.request.urlopen(urllib.request.Request(plain + path, data, headers)).read())
    except urllib.error.HTTPError as error:
        assert error.code in (401, 403), error.code
print("done")
"""
    try:
        arguments = [str(tmp_path / "home"), str(tmp_path / "state"), record.http_origin]
        ran = subprocess.run(
            ["/usr/bin/env", "-i", "python3", "-I", "-c", attack, *arguments],
            user=65534, group=65534, extra_groups=[], cwd="/", capture_output=True, text=True, timeout=60,
        )  # fmt: skip
    finally:
        os.kill(record.pid, signal.SIGTERM)
        os.waitpid(record.pid, 0)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "done\n", "")


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "client_credentials", "client_id": "c", "scope": "s"}, "invalid_client"),
        ({"grant_type": "client_credentials", "client_id": "c", "client_secret": "own"}, "invalid_scope"),
    ],
)
def test_other_grants_are_refused_in_the_authoritys_words(
    make_emulator: Callable[[], Emulator], ask: Callable[..., httpx.Response], form: dict[str, str], error: str
) -> None:
    emulator = make_emulator()
    if "client_secret" in form:
        form = {**form, "client_secret": emulator.secrets.client_secret}
    answer = ask(Starlette(routes=oauth.routes(emulator)), "POST", "/t/oauth2/v2.0/token", data=form)
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
