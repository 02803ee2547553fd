"""Requests signed with the account key itself (`Authorization: SharedKey account:signature`).

Source: the storage service's "Authorize with Shared Key", checked against azure-storage-blob.
"""

from __future__ import annotations

import hmac
from collections.abc import Collection, Mapping

from emulator.identity.sas import sign
from emulator.identity.storage_refused import StorageRefused

_SIGNED_HEADERS = (
    "content-encoding",
    "content-language",
    "content-length",
    "content-md5",
    "content-type",
    "date",
    "if-modified-since",
    "if-match",
    "if-none-match",
    "if-unmodified-since",
    "range",
)


def verify(
    authorization: str,
    *,
    method: str,
    raw_path: str,
    query: Mapping[str, str],
    headers: Mapping[str, str],
    key: str,
    accounts: Collection[str],
) -> None:
    """Refuse a request whose signature is not the account's.

    Parameters:
        authorization: the header's value.
        method, raw_path, query, headers: the request; the path still percent-encoded, the query decoded,
            header names in lower case.
        key: the account key.
        accounts: the names of the account.

    Raises:
        StorageRefused: 403 AuthenticationFailed.
    """
    account, _, given = authorization.removeprefix("SharedKey ").rpartition(":")
    if account not in accounts:
        raise _denied(f"Account {account!r} is not here; the emulator's is {min(accounts, key=len)!r}.")
    text = _string_to_sign(method, f"/{account}{raw_path}", query, headers)
    if not hmac.compare_digest(sign(key, text).encode(), given.encode()):
        raise _denied("The signature was made with another account key.")


def _string_to_sign(method: str, resource: str, query: Mapping[str, str], headers: Mapping[str, str]) -> str:
    lines = [method.upper()]
    for name in _SIGNED_HEADERS:
        value = headers.get(name, "")
        lines.append("" if (name, value) == ("content-length", "0") else value)
    own = (name for name in headers if name.startswith("x-ms-"))
    lines += [f"{name}:{headers[name]}" for name in sorted(own, key=_collation)]
    lines.append(resource)
    lines += [f"{name.lower()}:{value}" for name, value in sorted(query.items())]
    return "\n".join(lines)


def _collation(name: str) -> tuple[str, str]:
    # The service sorts as Windows does: hyphens count last, and an underscore comes before digits and letters.
    return name.replace("-", "").replace("_", " "), name


def _denied(detail: str) -> StorageRefused:
    return StorageRefused(403, "AuthenticationFailed", f"Server failed to authenticate the request. {detail}")
