from __future__ import annotations

import ssl
from contextlib import suppress
from pathlib import Path

import pytest

from emulator.identity.cloud import write_bundle
from emulator.server.tls import Certificates


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return Certificates.ensure(tmp_path_factory.mktemp("home") / "ca")


def test_keys_are_their_owner_s_alone(certificates: Certificates) -> None:
    assert certificates.folder.stat().st_mode & 0o077 == 0
    for name in ("ca.key", "server.pem"):
        assert (certificates.folder / name).stat().st_mode & 0o077 == 0


def test_they_are_made_once(certificates: Certificates) -> None:
    before = certificates.server.read_bytes()
    assert Certificates.ensure(certificates.folder).server.read_bytes() == before


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "::1"])
def test_a_client_that_trusts_the_authority_accepts_this_machine_s_names(certificates: Certificates, name: str) -> None:
    server_in, server_out, client_in, client_out = (ssl.MemoryBIO() for _ in range(4))
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(certificates.server)
    asking = ssl.create_default_context(cafile=str(certificates.ca))
    server = serving.wrap_bio(server_in, server_out, server_side=True)
    client = asking.wrap_bio(client_in, client_out, server_hostname=name)
    for _ in range(3):
        for side in (client, server):
            with suppress(ssl.SSLWantReadError):
                side.do_handshake()
            server_in.write(client_out.read())
            client_in.write(server_out.read())
    assert client.getpeercert() is not None


def test_half_an_authority_is_refused_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "ca").mkdir()
    (tmp_path / "ca" / "other").touch()
    with pytest.raises(FileExistsError, match="remove it"):
        Certificates.ensure(tmp_path / "ca")
    assert [path.name for path in tmp_path.iterdir()] == ["ca"]


def test_the_bundle_holds_ours_the_system_s_and_the_user_s_own(certificates: Certificates, tmp_path: Path) -> None:
    own = Certificates.ensure(tmp_path / "own").ca
    bundle = write_bundle(tmp_path / "bundle.pem", certificates.ca, {"REQUESTS_CA_BUNDLE": str(own)})
    text = bundle.read_text()
    assert text.startswith(certificates.ca.read_text().strip())
    assert own.read_text().strip() in text
    assert text.count("BEGIN CERTIFICATE") > 20
    ssl.create_default_context(cafile=str(bundle))


def test_the_bundle_of_a_program_that_speaks_to_the_emulator_alone_has_no_authority_of_the_system(
    certificates: Certificates, tmp_path: Path
) -> None:
    own = Certificates.ensure(tmp_path / "own").ca
    environ = {"REQUESTS_CA_BUNDLE": str(own)}
    text = write_bundle(tmp_path / "bundle.pem", certificates.ca, environ, system=False).read_text()
    assert text.split() == (certificates.ca.read_text() + own.read_text()).split()


def test_a_folder_of_certificates_counts_and_nothing_is_in_the_bundle_twice(
    certificates: Certificates, tmp_path: Path
) -> None:
    folder = tmp_path / "certs"
    folder.mkdir()
    own = Certificates.ensure(tmp_path / "own").ca
    (folder / "own.pem").write_bytes(own.read_bytes())
    environ = {"REQUESTS_CA_BUNDLE": str(folder), "SSL_CERT_FILE": str(own), "CURL_CA_BUNDLE": str(tmp_path / "none")}
    text = write_bundle(tmp_path / "bundle.pem", certificates.ca, environ).read_text()
    assert text.count(own.read_text().strip()) == 1
