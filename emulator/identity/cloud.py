"""The emulator as the cloud of a program: the variables and CA bundles that lead official clients to it alone."""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Mapping
from pathlib import Path

from emulator.files import write_whole

#: `AZUREML_CURRENT_CLOUD` has to name it, else a client whose metadata request fails falls back to the public cloud.
CLOUD_NAME = "AzureLocal"

#: First step of authorities that msal takes without asking the public cloud; see `emulator.api.identity.oauth`.
ADFS = "adfs"

#: Path of the endpoint of managed identities.
MANAGED_IDENTITY = "/msi/token"

_BLOCK_END = "-----END CERTIFICATE-----"

#: Variables in which users name CA bundles of their own.
_USER_BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")


def cloud_variables(https_origin: str, http_origin: str, identity_header: str) -> dict[str, str]:
    """Names and values: which cloud there is, where its authority is, and where identities get tokens.

    Parameters:
        https_origin, http_origin: of the emulator, without a slash at the end.
        identity_header: what its endpoint of managed identities wants to be told.
    """
    return {
        "ARM_CLOUD_METADATA_URL": f"{https_origin}/metadata/endpoints?api-version=2019-05-01",
        "AZUREML_CURRENT_CLOUD": CLOUD_NAME,
        "AZURE_AUTHORITY_HOST": f"{https_origin}/{ADFS}",
        "IDENTITY_ENDPOINT": f"{http_origin}{MANAGED_IDENTITY}",
        "IDENTITY_HEADER": identity_header,
    }


def trust_variables(bundle: str) -> dict[str, str]:
    """Names and values by which requests, httpx, OpenSSL and curl trust a CA bundle.

    Parameters:
        bundle: path of the file.
    """
    return {"REQUESTS_CA_BUNDLE": bundle, "SSL_CERT_FILE": bundle, "CURL_CA_BUNDLE": bundle}


def write_bundle(path: Path, ca: Path, environ: Mapping[str, str], *, system: bool = True) -> Path:
    """A CA bundle for client programs: the emulator's authority, the system's, and the user's own.

    Parameters:
        path: file to write.
        ca: certificate of the emulator's authority.
        environ: names the user's own bundles (REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE, SSL_CERT_FILE; files or folders).
        system: whether the system's authorities are in it: reading them takes OpenSSL some 20 ms for each connection.

    Returns:
        `path`.
    """
    named = [Path(environ[name]) for name in _USER_BUNDLES if environ.get(name)]
    blocks: dict[str, None] = {}
    for file in (ca, *_files([*(_system_roots() if system else ()), *named])):
        text = file.read_text(encoding="utf-8", errors="replace")
        for block in text.split(_BLOCK_END)[:-1]:
            blocks[block[block.index("-----BEGIN") :] + _BLOCK_END] = None
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_whole(path, ("\n".join(blocks) + "\n").encode())
    return path


def _system_roots() -> list[Path]:
    paths = ssl.get_default_verify_paths()
    if paths.cafile:
        return [Path(paths.cafile)]
    try:
        import certifi
    except ImportError:
        return []
    return [Path(certifi.where())]


def _files(places: Iterable[Path]) -> Iterable[Path]:
    for place in places:
        if place.is_dir():
            yield from (file for file in sorted(place.iterdir()) if file.is_file())
        elif place.is_file():
            yield place
