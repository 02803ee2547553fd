"""Takes secrets out of what is shown of requests and answers: tokens, signatures, keys and passwords."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

#: Stands in the place of a secret.
REDACTED = "REDACTED"

_HEADERS = frozenset(
    {"authorization", "proxy-authorization", "cookie", "set-cookie", "x-identity-header", "x-ms-encryption-key"}
)
_IN_URLS = re.compile(
    r"([?&](?:sig|key|code|se?cret|token|access_token|client_assertion)=)[^&\s\"'<>\\]+", re.IGNORECASE
)
_NAMED = re.compile(
    r"password|secret|token|connection_?string|api_?key|account_?key|primary_?key|[_-]key"
    r"|secondary_?key|assertion|credential|sas_?uri",
    re.IGNORECASE,
)
_HARMLESS = re.compile(r"(?:next_?)?(?:page|continuation)_?token|secrets?_?type|token_?type", re.IGNORECASE)
_IN_JSON = re.compile(r'("([\w.-]+)"\s*:\s*")(?:[^"\\]|\\.)+')
_IN_FORMS = re.compile(r"(?<![^&])(([\w.-]+)=)[^&\s]+")
_KEY = re.compile(r'("key"\s*:\s*")(?:[^"\\]|\\.)+', re.IGNORECASE)
_DOTTED = re.compile(r"[\w.-]+")
_JWT_BEGINS = re.compile(r"eyJ[\w-]{8}")
_GIVES_KEYS = re.compile(r"/list(secrets|keys)\b|/startPendingUpload\b", re.IGNORECASE)


def query(text: str) -> str:
    """A query string without its secrets."""
    return _IN_URLS.sub(rf"\g<1>{REDACTED}", f"?{text}")[1:] if text else text


def headers(pairs: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Headers as texts, names in lower case, without their secrets."""
    found = {}
    for raw_name, raw_value in pairs:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        found[name] = REDACTED if name in _HEADERS else _without_jwt(_IN_URLS.sub(rf"\g<1>{REDACTED}", value))
    return found


def body(text: str, path: str) -> str:
    """The body of a request or an answer without its secrets, also when its end is missing.

    Parameters:
        path: that was asked; some answers consist of keys.
    """
    text = _IN_URLS.sub(rf"\g<1>{REDACTED}", text)
    for found in (_IN_JSON, _IN_FORMS):
        text = found.sub(_if_secret, text)
    if _GIVES_KEYS.search(path):
        text = _KEY.sub(rf"\g<1>{REDACTED}", text)
    return _without_jwt(text)


def _if_secret(found: re.Match[str]) -> str:
    """A name with its value, the value taken out where the name is that of a secret."""
    is_secret = _NAMED.search(found[2]) and not _HARMLESS.match(found[2])
    return f"{found[1]}{REDACTED}" if is_secret else found[0]


def _without_jwt(text: str) -> str:
    return _DOTTED.sub(_redacted_jwt, text) if "eyJ" in text else text


def _redacted_jwt(found: re.Match[str]) -> str:
    """Letters, digits, hyphens and dots without the token in them: three parts, the first of which begins with eyJ."""
    parts = found[0].split(".")
    for place, (part, payload) in enumerate(pairwise(parts[:-1])):
        if payload and (begin := _JWT_BEGINS.search(part)):
            rest = "".join(f".{one}" for one in parts[place + 3 :])
            return ".".join([*parts[:place], part[: begin.start()] + REDACTED]) + rest
    return found[0]
