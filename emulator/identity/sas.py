"""Shared access signatures: service SAS of a blob or a container, and account SAS, verified and made.

Source: the storage service's "Create a service SAS" and "Create an account SAS", checked against azure-storage-blob.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from ipaddress import IPv4Address
from urllib.parse import quote

from emulator.identity.storage_refused import StorageRefused

_VERSION = "2025-11-05"
_LOOPBACK = IPv4Address("127.0.0.1")
_OVERRIDES = ("rscc", "rscd", "rsce", "rscl", "rsct")


def sign(key: str, text: str) -> str:
    """HMAC-SHA256 of a text under an account key, both in base64."""
    return base64.b64encode(hmac.digest(base64.b64decode(key), text.encode(), hashlib.sha256)).decode()


def make(
    key: str, account: str, path: str, *, permissions: str, expires: float, resource: str = "b", policy: str = ""
) -> str:
    """The query string of a service SAS.

    Parameters:
        key: the account key.
        account: name of the account.
        path: `container/blob`, or `container` when `resource` is `c`.
        permissions: letters in the service's order, `racwdl`.
        expires: seconds since the epoch.
        resource: `b` for one blob, `c` for a container.
        policy: name of the stored access policy that it depends on; empty for none.
    """
    query = {
        "se": datetime.fromtimestamp(expires, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "sp": permissions,
        "sv": _VERSION,
        "sr": resource,
    }
    if policy:
        query["si"] = policy
    query["sig"] = sign(key, _service_text(query, account, path))
    return "&".join(f"{name}={quote(value, safe='')}" for name, value in query.items())


def make_for_account(key: str, account: str, *, expires: float) -> str:
    """The query string of an account SAS for blobs and files, their containers and contents. Source: recorded.

    Parameters:
        key, account, expires: as for `make`.
    """
    query = {
        "sv": _VERSION,
        "se": datetime.fromtimestamp(expires, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "srt": "co",
        "ss": "bf",
        "sp": "rcuwdl",
    }
    given = {"sv": query.pop("sv"), "sig": sign(key, _account_text(query | {"sv": _VERSION}, account)), **query}
    return "&".join(f"{name}={quote(value, safe='')}" for name, value in given.items())


def verify(
    query: Mapping[str, str],
    *,
    key: str,
    accounts: Iterable[str],
    container: str,
    blob: str,
    permission: str,
    now: float,
) -> None:
    """Refuse a request whose SAS does not allow it.

    Parameters:
        query: the decoded query of the request, with `sig`.
        key: the account key.
        accounts: the names of the account; a client may sign for any of them.
        container, blob: what is asked for; empty for the level above.
        permission: letters of which one must be granted: `r`, `cw`, `d`, `l` ...
        now: seconds since the epoch.

    Raises:
        StorageRefused: 403 with the service's code.
    """
    path = ""
    if "srt" not in query:
        signed = {"b": f"{container}/{blob}", "c": container}.get(query.get("sr", ""))
        if signed is None:
            raise _denied(f"Signed resource type {query.get('sr')!r} is not served; use b (blob) or c (container).")
        path = signed
    if not _is_signed(tuple(query.items()), key, frozenset(accounts), path):
        raise _denied("Signature did not match: it was made with another account key, or for another resource.")
    _check_times(query, now)
    _check_source(query.get("sip", ""))
    level = "o" if blob else "c" if container else "s"
    if "srt" in query and (level not in query["srt"] or "b" not in query.get("ss", "")):
        raise StorageRefused(
            403, "AuthorizationResourceTypeMismatch", "The SAS does not cover this type of resource or service."
        )
    if query.get("sr") == "b" and level != "o":
        raise _denied("A SAS for one blob does not open its container.")
    if query.get("sr") == "c" and level == "s":
        raise _denied("A SAS for a container does not open its account.")
    if not set(permission) & set(query.get("sp", "")):
        raise StorageRefused(
            403,
            "AuthorizationPermissionMismatch",
            f"This request needs the permission {' or '.join(permission)}; the SAS grants {query.get('sp', '')!r}.",
        )


@lru_cache(maxsize=256)  # the files of an upload all come with the same signature, which stays as good as it was
def _is_signed(fields: tuple[tuple[str, str], ...], key: str, accounts: frozenset[str], path: str) -> bool:
    """Whether a signature was made with the key of one of the accounts; a path counts where there is no `srt`."""
    query = dict(fields)
    given = query["sig"].encode()
    for account in accounts:
        text = _account_text(query, account) if "srt" in query else _service_text(query, account, path)
        if hmac.compare_digest(sign(key, text).encode(), given):
            return True
    return False


def _check_times(query: Mapping[str, str], now: float) -> None:
    if not query.get("se"):
        raise _denied("The SAS has no expiry (se); stored access policies are not served.")
    if _seconds(query["se"]) <= now:
        raise _denied(f"Signature not valid in the specified time frame: Expiry [{query['se']}].")
    # A quarter of an hour of clock skew, as the service advises its users to allow for.
    if query.get("st") and _seconds(query["st"]) > now + 900:
        raise _denied(f"Signature not valid in the specified time frame: Start [{query['st']}].")


def _check_source(allowed: str) -> None:
    first, _, last = allowed.partition("-")
    try:
        outside = bool(allowed) and not IPv4Address(first) <= _LOOPBACK <= IPv4Address(last or first)
    except ValueError:
        raise _denied(f"sip={allowed!r} is neither an IPv4 address nor a range of them.") from None
    if outside:
        raise StorageRefused(
            403, "AuthorizationSourceIPMismatch", f"The SAS is for {allowed}; the caller is {_LOOPBACK}."
        )


@lru_cache(maxsize=256)
def _seconds(text: str) -> float:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise _denied(f"{text!r} is not a time in ISO 8601.") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _service_text(query: Mapping[str, str], account: str, path: str) -> str:
    fields = [query.get(name, "") for name in ("sp", "st", "se")]
    fields.append(f"/blob/{account}/{path}")
    fields += [query.get(name, "") for name in ("si", "sip", "spr", "sv", "sr", "snapshot", "ses", *_OVERRIDES)]
    return "\n".join(fields)


def _account_text(query: Mapping[str, str], account: str) -> str:
    fields = [query.get(name, "") for name in ("sp", "ss", "srt", "st", "se", "sip", "spr", "sv", "ses")]
    return "\n".join([account, *fields, ""])


def _denied(detail: str) -> StorageRefused:
    return StorageRefused(
        403,
        "AuthenticationFailed",
        "Server failed to authenticate the request. Make sure the value of Authorization header is formed correctly "
        f"including the signature. {detail}",
    )
