"""What a recording may keep: secrets, people and ids become placeholders, the same ones every time. Pure.

A placeholder stays as it is when it is met again, so that what a replayed client sends compares equal.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

#: Replaces every secret; also base64 of the right length, so that a client can compute with it.
SECRET = "SANITISED000"  # noqa: S105 - the placeholder itself
EXAMPLE_ADDRESS = "somebody@example.com"

_TAIL = "-0000-4000-8000-000000000000"
_GUID = re.compile(r"([0-9a-fA-F]{8})(-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12})")
_NIL = "00000000-0000-0000-0000-000000000000"

_PATTERNS: list[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]] = [
    (re.compile(r"(?<![\w-])eyJ[\w-]{6,}\.[\w-]+\.[\w-]*"), SECRET),
    (re.compile(r"(?i)\b(Bearer\s+)(?!\w+=\\*[\"'])[\w.~+/-]{8,}=*"), rf"\g<1>{SECRET}"),
    (re.compile(r"(?i)\b(sig=)[^&\s\"'<>\\]+"), rf"\g<1>{SECRET}"),
    (
        re.compile(r"(?i)\b((?:Account|SharedAccess)(?:Key|Signature)=|Password=|Pwd=)[^;&\s\"'<>\\]+"),
        rf"\g<1>{SECRET}",
    ),
    (re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,8}"), EXAMPLE_ADDRESS),
    (
        re.compile(r"(?i)((?:ResourceGroup|Workspace)Name\\*\"\s*:\s*\\*\")[^\"\\]+"),
        lambda found: found[1] + ("group" if found[1][:1] in "rR" else "workspace"),
    ),
    (re.compile(r"([?&]key=)[0-9a-f]{16,}"), rf"\g<1>{SECRET}"),
    (re.compile(r"<Content-MD5>[^<]*</Content-MD5>"), "<Content-MD5 />"),
    (_GUID, lambda found: _guid(found[0])),
    (re.compile(r"(?i)((?:/|%2F)subscriptions(?:/|%2F))[^/?&%\"'\s<>\\]+"), lambda found: found[1] + _NIL),
    (re.compile(r"(?i)((?:/|%2F)resourceGroups(?:/|%2F))[^/?&%\"'\s<>\\]+"), r"\g<1>group"),
    (
        # Not in the name of a resource type: Microsoft.MachineLearningServices/workspaces/jobs.
        re.compile(
            r"(?i)(?<!\AMicrosoft\.MachineLearningServices)(?<![\"']Microsoft\.MachineLearningServices)"
            r"((?:/|%2F)workspaces(?:/|%2F))[^/?&%\"'\s<>\\:#]+"
        ),
        r"\g<1>workspace",
    ),
    (re.compile(r"(//)[a-z0-9]{3,24}(\.(?:blob|dfs|file|queue|table)\.)"), r"\g<1>account\g<2>"),
    (re.compile(r"(?:\b127\.0\.0\.1|\blocalhost|\[::1\]):\d{2,5}\b"), "127.0.0.1:8443"),
]

_SECRET_NAME = re.compile(
    r"(?i)(?:password|passwd|secret|token|api_?key|access_?key|account_?key|primary_?key|secondary_?key"
    r"|connection_?string|authorization)$"
)
_PAGE_TOKEN = re.compile(r"(?i)page|continuation")
_PERSON_NAME = re.compile(
    r"(?i)^(?:createdBy|lastModifiedBy|submittedBy|userName|userPuId|upn|email|mlflow\.user|user_id|mlflow\.source\.git\.repoURL)$"
)
_ACCOUNT_NAME = re.compile(r"(?i)^accountName$")

#: The parameters of a shared access signature. Source: Azure Storage, "Create a service SAS".
_SAS = frozenset(
    ("sv", "ss", "srt", "sp", "se", "st", "spr", "sr", "sig", "skoid", "sktid", "skt", "ske", "sks", "skv", "sip", "si")
)

_KEPT = frozenset(
    (
        "content-type",
        "location",
        "azure-asyncoperation",
        "operation-location",
        "retry-after",
        "retry-after-ms",
        "x-ms-retry-after-ms",
        "x-ms-error-code",
        "etag",
        "content-range",
        "content-length",
        "x-ms-blob-type",
        "x-ms-range",
        "range",
        "if-none-match",
        "www-authenticate",
        "cache-control",
        "x-ms-response-type",
        "x-ms-async-operation-timeout",
        "date",
    )
)


def text(value: str) -> str:
    """A text without secrets, people and ids."""
    for pattern, placeholder in _PATTERNS:
        value = pattern.sub(placeholder, value)
    return value


def content(value: str) -> str:
    """The content of a file, likewise, of the same length: clients check the length of what they fetch."""

    def fitted(found: re.Match[str], placeholder: str | Callable[[re.Match[str]], str]) -> str:
        made = placeholder(found) if callable(placeholder) else found.expand(placeholder)
        return made[: len(found[0])].ljust(len(found[0]), "0")

    for pattern, placeholder in _PATTERNS:
        value = pattern.sub(lambda found, made=placeholder: fitted(found, made), value)  # type: ignore[misc]
    return value


def document(value: Any) -> Any:
    """A JSON document without secrets, people and ids; what has a telling name is replaced whole."""
    if isinstance(value, dict):
        secrets = "secretsType" in value
        if _PERSON_NAME.match(str(value.get("key", ""))):  # a tag of MLflow
            value = {**value, "value": EXAMPLE_ADDRESS}
        return {text(name): _field(name, entry, secrets=secrets) for name, entry in value.items()}
    if isinstance(value, list):
        return [document(entry) for entry in value]
    return text(value) if isinstance(value, str) else value


def url(address: str, params: Mapping[str, str] | None = None) -> str:
    """A URL without secrets and ids: a signature goes whole, the other parameters are put in order."""
    parts = urlsplit(address)
    pairs = [*parse_qsl(parts.query, keep_blank_values=True), *(params or {}).items()]
    names = {name for name, _ in pairs}
    if "sig" in names or SECRET in names:
        pairs = [(name, entry) for name, entry in pairs if name not in _SAS and name != SECRET]
    query = urlencode(sorted((name, text(entry)) for name, entry in pairs), safe="/:$,")
    return text(urlunsplit((parts.scheme, parts.netloc, parts.path, query, "")))


def headers(given: Mapping[str, str]) -> dict[str, str]:
    """The header fields that a recording keeps, names in lower case."""
    lowered = {name.lower(): entry for name, entry in given.items()}
    kept = {name: entry for name, entry in lowered.items() if name in _KEPT or name.startswith("x-ms-meta-")}
    return {name: text(entry) for name, entry in kept.items()}


def _field(name: str, value: Any, *, secrets: bool) -> Any:
    if not isinstance(value, str):
        return document(value)
    cleaned = text(value)
    telling = _SECRET_NAME.search(name) and not _PAGE_TOKEN.search(name)
    if (telling or (secrets and name == "key")) and f"sig={SECRET}" not in cleaned:
        return SECRET if value else value
    if _PERSON_NAME.match(name):
        return EXAMPLE_ADDRESS
    if _ACCOUNT_NAME.match(name) and ":" not in value:
        return "account"
    return cleaned


def _guid(value: str) -> str:
    if value == _NIL or value.endswith(_TAIL):
        return value
    return hashlib.sha256(value.lower().encode()).hexdigest()[:8] + _TAIL
