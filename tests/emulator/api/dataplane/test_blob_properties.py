"""What the service tells of a blob beside its content: MD5, access tier, times, versions of answers."""

from __future__ import annotations

import hashlib
import os
from datetime import UTC, datetime

from tests.emulator.api.dataplane.storage_account import CONTAINER, Account


def test_the_md5_of_an_upload_in_one_piece_is_kept_and_shown(account: Account) -> None:
    blob = account.container().get_blob_client("sum.txt")
    expected = hashlib.md5(b"abc", usedforsecurity=False).digest()
    assert blob.upload_blob(b"abc", overwrite=True)["content_md5"] == expected
    assert blob.get_blob_properties().content_settings.content_md5 == expected
    [listed] = account.container().list_blobs(name_starts_with="sum")
    assert listed.content_settings.content_md5 == expected


def test_a_blob_shows_its_access_tier_and_when_it_was_made_also_after_its_metadata_changed(account: Account) -> None:
    blob = account.container().get_blob_client("tier.txt")
    blob.upload_blob(b"abc")
    made = blob.get_blob_properties()
    assert (made.blob_tier, made.blob_tier_inferred) == ("Hot", True)
    path = account.service.store.path(CONTAINER, "tier.txt")
    os.utime(path, ns=(10**18, 10**18))  # long ago
    blob.set_blob_metadata({"a": "b"})
    changed = blob.get_blob_properties()
    assert changed.creation_time == datetime.fromtimestamp(10**9, UTC)
    assert changed.last_modified > changed.creation_time
    [listed] = account.container().list_blobs(name_starts_with="tier")
    assert (listed.creation_time, listed.blob_tier) == (changed.creation_time, "Hot")


def test_answers_have_the_version_and_the_id_of_their_request(account: Account) -> None:
    seen: dict[str, str] = {}
    blob = account.container().get_blob_client("v.txt")
    blob.upload_blob(b"x", raw_response_hook=lambda answer: seen.update(answer.http_response.headers))
    asked: dict[str, str] = {}
    blob.exists(raw_request_hook=lambda request: asked.update(request.http_request.headers))
    assert seen["x-ms-version"] == asked["x-ms-version"]
    assert seen["x-ms-client-request-id"]
