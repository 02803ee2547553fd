"""Signatures: what the official client makes is accepted, and any change to it is not."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import parse_qsl

import pytest
from azure.storage.blob import BlobSasPermissions, generate_blob_sas
from hypothesis import given
from hypothesis import strategies as st

from emulator.identity import sas
from emulator.identity.storage_refused import StorageRefused

KEY = "a2V5" * 16
NOW = 1_700_000_000.0
_names = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)


def check(query: dict[str, str], blob: str, permission: str = "r") -> None:
    sas.verify(query, key=KEY, accounts=["emu"], container="c1", blob=blob, permission=permission, now=NOW)


@given(blob=_names)
def test_the_official_clients_signature_is_accepted_for_any_name(blob: str) -> None:
    expiry = datetime.fromtimestamp(NOW + 60, UTC)
    text = generate_blob_sas(
        "emu", "c1", blob, account_key=KEY, permission=BlobSasPermissions(read=True), expiry=expiry
    )
    check(dict(parse_qsl(text)), blob)


@given(blob=_names, other=_names)
def test_our_own_opens_its_blob_and_no_other(blob: str, other: str) -> None:
    query = dict(parse_qsl(sas.make(KEY, "emu", f"c1/{blob}", permissions="r", expires=NOW + 60)))
    check(query, blob)
    if other != blob:
        with pytest.raises(StorageRefused):
            check(query, other)


@given(field=st.sampled_from(["se", "sp", "sv", "sr", "sig", "st", "spr", "si"]), value=st.text(max_size=30))
def test_any_change_of_a_field_breaks_it(field: str, value: str) -> None:
    query = dict(parse_qsl(sas.make(KEY, "emu", "c1/b", permissions="r", expires=NOW + 60)))
    if query.get(field, "") != value:
        with pytest.raises(StorageRefused):
            check(query | {field: value}, "b")


@pytest.mark.parametrize(
    ("allowed", "code"),
    [
        ("127.0.0.1", None),
        ("127.0.0.0-127.0.0.9", None),
        ("10.0.0.1", "AuthorizationSourceIPMismatch"),
        ("10.0.0.1-10.0.0.9", "AuthorizationSourceIPMismatch"),
        ("nowhere", "AuthenticationFailed"),
    ],
)
def test_it_may_be_bound_to_an_address(allowed: str, code: str | None) -> None:
    text = generate_blob_sas(
        "emu",
        "c1",
        "b",
        account_key=KEY,
        permission=BlobSasPermissions(read=True),
        expiry=datetime.fromtimestamp(NOW + 60, UTC),
        ip=allowed,
    )
    if code is None:
        check(dict(parse_qsl(text)), "b")
        return
    with pytest.raises(StorageRefused) as refused:
        check(dict(parse_qsl(text)), "b")
    assert refused.value.code == code


@pytest.mark.parametrize(("expires", "good"), [(NOW + 1, True), (NOW, False), (NOW - 1, False)])
def test_it_ends_on_the_second(expires: float, good: bool) -> None:
    query = dict(parse_qsl(sas.make(KEY, "emu", "c1/b", permissions="r", expires=expires)))
    if good:
        check(query, "b")
        return
    with pytest.raises(StorageRefused, match="time frame"):
        check(query, "b")
