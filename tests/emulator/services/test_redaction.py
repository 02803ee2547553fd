from __future__ import annotations

import pytest

from emulator.services import redaction


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("sv=1&sig=abc%3D&sp=r", "sv=1&sig=REDACTED&sp=r"),
        ("wsid=/a&key=0123", "wsid=/a&key=REDACTED"),
        ("api-version=2024-10-01", "api-version=2024-10-01"),
        ("", ""),
    ],
)
def test_queries(text: str, shown: str) -> None:
    assert redaction.query(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('{"access_token": "abc", "expires_on": "1"}', '{"access_token": "REDACTED", "expires_on": "1"}'),
        ('{"primaryKey":"a\\"b"}', '{"primaryKey":"REDACTED"}'),
        ('{"DB_PASSWORD":"x", "PORT":"1"}', '{"DB_PASSWORD":"REDACTED", "PORT":"1"}'),
        ('{"clientSecret":"cut off here', '{"clientSecret":"REDACTED'),
        ("client_secret=a&scope=b", "client_secret=REDACTED&scope=b"),
        ('{"endpoint":"https://h/runs/r?wsid=w&key=k1"}', '{"endpoint":"https://h/runs/r?wsid=w&key=REDACTED"}'),
        ("Bearer eyJhbGciOiJSUzI1NiJ9.eyJhdWQi.c2ln", "Bearer REDACTED"),
        ('{"next_page_token":"p2"}', '{"next_page_token":"p2"}'),
        ('{"key":"loss","value":1}', '{"key":"loss","value":1}'),
    ],
)
def test_bodies(text: str, shown: str) -> None:
    assert redaction.body(text, "/x") == shown


def test_a_key_is_a_secret_where_keys_are_given_out() -> None:
    text = '{"secretsType":"AccountKey","key":"abc"}'
    assert redaction.body(text, "/datastores/d/listSecrets") == '{"secretsType":"AccountKey","key":"REDACTED"}'


def test_headers() -> None:
    pairs = [(b"Authorization", b"Bearer x"), (b"x-ms-copy-source", b"https://h/b?sig=x&se=1"), (b"Accept", b"*/*")]
    assert redaction.headers(pairs) == {
        "authorization": "REDACTED",
        "x-ms-copy-source": "https://h/b?sig=REDACTED&se=1",
        "accept": "*/*",
    }
