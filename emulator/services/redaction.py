"""Takes secrets out of what is shown of requests and answers: tokens, signatures, keys and passwords."""

from __future__ import annotations

import re
from collections.abc import Iterable

#: Stands in the place of a secret.
REDACTED = "REDACTED"

_HEADERS = frozenset(
    {"authorization", "proxy-authorization", "cookie", "set-cookie", "x-identity-header", "x-ms-encryption-key"}
)
_IN_URLS = re.compile(
    r"([?&](?:sig|key|code|se?cret|token|access_token|client_assertion)=)[^&\s\"'<>\\]+", re.IGNORECASE
)
_NAMED = (
    r"(?:[\w.-]*(?:password|secret|token|connection_?string|api_?key|account_?key|primary_?key|[_-]key"
    r"|secondary_?key|assertion|credential|sas_?uri)[\w.-]*)"
)
_HARMLESS = r"(?!(?:next_?)?(?:page|continuation)_?token|secrets?_?type|token_?type)"
_IN_JSON = re.compile(rf'("{_HARMLESS}{_NAMED}"\s*:\s*")(?:[^"\\]|\\.)+', re.IGNORECASE)
_IN_FORMS = re.compile(rf"((?:^|&){_HARMLESS}{_NAMED}=)[^&\s]+", re.IGNORECASE)
_KEY = re.compile(r'("key"\s*:\s*")(?:[^"\\]|\\.)+', re.IGNORECASE)
_JWT = re.compile(r"eyJ[\w-]{8,}\.[\w-]+\.[\w-]*")
_GIVES_KEYS = re.compile(r"/list(secrets|keys)\b|/startPendingUpload\b", re.IGNORECASE)


def query(text: str) -> str:
    """A query string without its secrets."""
    return _IN_URLS.sub(rf"\g<1>{REDACTED}", f"?{text}")[1:] if text else text


def headers(pairs: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Headers as texts, names in lower case, without their secrets."""
    found = {}
    for raw_name, raw_value in pairs:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        found[name] = REDACTED if name in _HEADERS else _JWT.sub(REDACTED, _IN_URLS.sub(rf"\g<1>{REDACTED}", value))
    return found


def body(text: str, path: str) -> str:
    """The body of a request or an answer without its secrets, also when its end is missing.

    Parameters:
        path: that was asked; some answers consist of keys.
    """
    for found in (_IN_URLS, _IN_JSON, _IN_FORMS, *([_KEY] if _GIVES_KEYS.search(path) else ())):
        text = found.sub(rf"\g<1>{REDACTED}", text)
    return _JWT.sub(REDACTED, text)
