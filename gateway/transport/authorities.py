"""Which certificate authorities are trusted, as the usual environment variables say."""

from __future__ import annotations

import os
import ssl
from pathlib import Path

_VARIABLES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


def bundle_of(ca: str | os.PathLike[str] | None) -> str | None:
    """The file or folder of the only authorities to trust; None for the usual ones.

    Parameters:
        ca: goes before what the environment says.

    Raises:
        FileNotFoundError: there is no such file.
    """
    bundle = ca or next((os.environ[name] for name in _VARIABLES if os.environ.get(name)), None)
    if bundle is not None and not Path(bundle).exists():
        raise FileNotFoundError(f"the CA bundle {bundle} does not exist; correct {' or '.join(_VARIABLES)}")
    return str(bundle) if bundle else None


def trusting(bundle: str | None) -> ssl.SSLContext:
    """TLS as a client that trusts these authorities, or certifi's."""
    if bundle is None:
        folder = os.environ.get("SSL_CERT_DIR")
        if not folder:
            import certifi

            return ssl.create_default_context(cafile=certifi.where())
        bundle = folder
    if Path(bundle).is_dir():
        return ssl.create_default_context(capath=bundle)
    return ssl.create_default_context(cafile=bundle)
