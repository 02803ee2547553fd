"""Files by their address, in ranges."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from gateway.exceptions import HttpResponseError, ValidationException
from gateway.operations import fetching
from gateway.operations.fetching import BrokenFetch, FetchedFile, TooLarge, fetch_file
from gateway.transport.auth import Credential
from gateway.transport.messages import Request, Response
from gateway.transport.session import Session

CONTENT = bytes(range(256)) * 4
URL = "https://files.test/a.bin?sig=s3cret"

_TOKEN = SimpleNamespace(token="token", expires_on=2**40)


class Site:
    """A server of one file."""

    def __init__(self, *, ranges: bool = True, head: int = 200, etag: str | None = '"1"') -> None:
        self.ranges, self.head, self.etag = ranges, head, etag
        self.asked: list[tuple[str, str]] = []
        self.moved: dict[str, str] = {}
        self.signed: set[tuple[str, bool]] = set()
        self.break_after: int | None = None
        self.most = len(CONTENT)
        self.change_after: int | None = None

    def send(self, request: Request) -> Response:
        wanted = request.headers.get("Range", "")
        self.asked.append((request.method, wanted))
        self.signed.add((request.url, "Authorization" in request.headers))
        if request.url in self.moved:
            return Response(302, {"location": self.moved[request.url]}, b"", request)
        headers = {"etag": self.etag} if self.etag else {}
        if request.method == "HEAD":
            return Response(self.head, {**headers, "content-length": str(len(CONTENT))}, b"", request)
        if not self.ranges:
            return Response(200, headers, CONTENT, request)
        if self.break_after is not None and len(self.asked) > self.break_after:
            return Response(404, {}, b"", request)
        found = re.fullmatch(r"bytes=(\d+)-(\d+)", wanted)
        assert found
        begin = int(found[1])
        if self.change_after is not None and begin >= self.change_after:
            headers = {"etag": '"2"'}
        if begin >= len(CONTENT):
            return Response(416, {}, b"", request)
        end = min(int(found[2]) + 1, begin + self.most)
        headers = {**headers, "content-range": f"bytes {begin}-{end - 1}/{len(CONTENT)}"}
        return Response(206, headers, CONTENT[begin:end], request)

    def close(self) -> None: ...


@pytest.fixture(autouse=True)
def small_ranges(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "_CHUNK", 256)


def fetch(site: Site, folder: Path, limit: int = 10_000, url: str = URL) -> FetchedFile:
    return Session(site).run(fetch_file(Request("GET", url), folder / "a.bin", limit, lambda done, size: None))


@pytest.mark.parametrize(
    "site", [Site(), Site(ranges=False), Site(head=405), Site(head=405, ranges=False), Site(etag=None)]
)
def test_a_file_comes_whole_whatever_the_server_knows(site: Site, tmp_path: Path) -> None:
    found = fetch(site, tmp_path)
    assert (tmp_path / "a.bin").read_bytes() == CONTENT
    assert found.sha256 == hashlib.sha256(CONTENT).hexdigest()
    assert found.size == len(CONTENT)
    assert [path.name for path in tmp_path.iterdir()] == ["a.bin"]


def test_a_fetch_that_broke_off_goes_on_where_it_was(tmp_path: Path) -> None:
    site = Site()
    site.break_after = 3
    with pytest.raises(HttpResponseError):
        fetch(site, tmp_path)
    assert not (tmp_path / "a.bin").exists()
    again = Site()
    fetch(again, tmp_path)
    assert again.asked[1] == ("GET", "bytes=512-767")
    assert (tmp_path / "a.bin").read_bytes() == CONTENT


def test_a_file_that_changed_meanwhile_is_begun_anew(tmp_path: Path) -> None:
    site = Site()
    site.break_after = 3
    with pytest.raises(HttpResponseError):
        fetch(site, tmp_path)
    again = Site(etag='"2"')
    fetch(again, tmp_path)
    assert again.asked[1] == ("GET", "bytes=0-255")


@pytest.mark.parametrize("head", [200, 405])
def test_no_more_than_allowed_is_kept(tmp_path: Path, head: int) -> None:
    with pytest.raises(TooLarge, match=r"a\.bin .*300 are allowed; allow more with --max-size") as told:
        fetch(Site(head=head), tmp_path, limit=300)
    assert "s3cret" not in str(told.value)
    assert not (tmp_path / "a.bin").exists()


def test_redirections_are_followed_to_an_end(tmp_path: Path) -> None:
    site = Site()
    site.moved = {"https://old.test/a": "/b", "https://old.test/b": URL}
    fetch(site, tmp_path, url="https://old.test/a")
    assert (tmp_path / "a.bin").read_bytes() == CONTENT
    site.moved = {"https://old.test/a": "https://old.test/a"}
    with pytest.raises(Exception, match="redirected more than 5 times"):
        fetch(site, tmp_path, url="https://old.test/a")


@pytest.mark.parametrize("head", [200, 405])
def test_a_server_may_send_less_than_a_range_asks_for(head: int, tmp_path: Path) -> None:
    site = Site(head=head)
    site.most = 100
    assert fetch(site, tmp_path).size == len(CONTENT)
    assert (tmp_path / "a.bin").read_bytes() == CONTENT


def test_a_file_that_ends_before_its_size_is_refused(tmp_path: Path) -> None:
    site = Site()
    site.most = 0
    with pytest.raises(BrokenFetch, match="ended after 0 of 1,024 bytes"):
        fetch(site, tmp_path)
    assert not (tmp_path / "a.bin").exists()


def test_a_file_that_changes_on_the_way_is_refused_and_begun_anew_when_asked_again(tmp_path: Path) -> None:
    site = Site()
    site.change_after = 512
    with pytest.raises(BrokenFetch, match="changed while it was fetched"):
        fetch(site, tmp_path)
    site.change_after, site.etag = None, '"2"'
    assert fetch(site, tmp_path).etag == '"2"'
    assert (tmp_path / "a.bin").read_bytes() == CONTENT


@pytest.mark.parametrize("where", ["file:///etc/passwd", "http://files.test/a.bin"])
def test_a_redirection_to_something_less_safe_is_not_followed(where: str, tmp_path: Path) -> None:
    site = Site()
    site.moved[URL] = where
    with pytest.raises(ValidationException, match="which is not followed"):
        fetch(site, tmp_path)


def test_where_a_redirection_leads_no_token_goes(tmp_path: Path) -> None:
    site, begin = Site(), "https://account.blob.core.windows.net/c/a.bin"
    site.moved = {begin: URL}
    session = Session(site, cast(Credential, SimpleNamespace(get_token=lambda *scopes, **options: _TOKEN)))
    request = Request("GET", begin, audience="https://storage.azure.com")
    session.run(fetch_file(request, tmp_path / "a.bin", 10_000, lambda done, size: None))
    assert (begin, True) in site.signed
    assert (URL, True) not in site.signed
