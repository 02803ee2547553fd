"""A blob that is a page, opened in a browser by its signed URL: it runs nothing on the emulator's origin.

Three things prevent it, and each is shown to be enough alone: the browser saves what is not text or a picture, what
it shows is in a sandbox, and the token endpoint wants a secret that no page knows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from emulator.app import app_of
from emulator.place import blob_container
from emulator.services.blobs import blob_service
from emulator.services.context import Emulator
from emulator.storage.blobs import Properties
from tests.emulator.studio.states import WORKSPACE

pytestmark = pytest.mark.slow

_SCRIPT = """
document.title = "ran";
fetch("/t/oauth2/v2.0/token", {method: "POST", body: new URLSearchParams({
    grant_type: "client_credentials", client_id: "c", client_secret: "s",
    scope: "https://management.azure.com/.default"})})
  .then(answer => answer.text()).then(text => document.title = "token endpoint: " + text);
"""
_HTML = f"<!doctype html><title>quiet</title><p>hello</p><script>{_SCRIPT}</script>"
_SVG = f'<svg xmlns="http://www.w3.org/2000/svg"><title>quiet</title><script>{_SCRIPT}</script></svg>'
_XHTML = f'<html xmlns="http://www.w3.org/1999/xhtml"><head><script><![CDATA[{_SCRIPT}]]></script></head></html>'


@pytest.fixture
def hostile(serve_tls: Callable[..., object], make_emulator: Callable[[str], Emulator]) -> Emulator:
    made: list[Emulator] = []

    def app(origin: str) -> Any:
        made.append(make_emulator(origin))
        return app_of(made[0])

    serve_tls(app)
    return made[0]


@pytest.fixture
def tab(chromium: Any) -> Iterator[Any]:
    context = chromium.new_context(ignore_https_errors=True, accept_downloads=True)
    yield context.new_page()
    context.close()


def signed(emulator: Emulator, text: str, kind: str, disposition: str | None = None) -> str:
    """The signed URL of a new blob."""
    service, container = blob_service(emulator), blob_container(WORKSPACE)
    service.store.create_container(container)
    headers = {"content-disposition": disposition} if disposition else {}
    with service.store.upload(container, "page") as upload:
        upload.write(text.encode())
        upload.finish(Properties(content_type=kind, headers=headers))
    return service.account.signed_url(container, "page", permissions="r")


def token_requests(emulator: Emulator) -> list[int]:
    """Statuses of what the token endpoint was asked."""
    return [one.status for one in emulator.journal.find(method="POST") if "oauth2" in one.path]


@pytest.mark.parametrize(
    ("text", "kind", "disposition"),
    [
        (_HTML, "text/html", None),
        (_HTML, "text/html", "inline"),
        (_HTML, "Text/HTML; charset=utf-8", 'inline; filename="a.html"'),
        (_SVG, "image/svg+xml", None),
        (_XHTML, "application/xhtml+xml", None),
        (_XHTML, "text/xml", None),
    ],
)
def test_a_page_in_a_blob_is_saved_and_not_shown(
    hostile: Emulator, tab: Any, text: str, kind: str, disposition: str | None
) -> None:
    url = signed(hostile, text, kind, disposition)
    with tab.expect_download() as download:
        tab.evaluate("url => { location.href = url }", url)
    assert download.value.path().read_text() == text
    assert token_requests(hostile) == []


@pytest.mark.parametrize("kind", ["text/plain", "image/png", "application/octet-stream", ""])
def test_a_page_under_another_type_stays_what_it_says(hostile: Emulator, tab: Any, kind: str) -> None:
    url = signed(hostile, _HTML, kind)
    if kind in ("text/plain", "image/png"):
        tab.goto(url)
        assert tab.title() not in ("ran", "quiet")
    else:
        with tab.expect_download():
            tab.evaluate("url => { location.href = url }", url)
    assert token_requests(hostile) == []


@pytest.mark.parametrize("kept", [True, False])
def test_a_page_that_is_shown_after_all_is_in_a_sandbox(hostile: Emulator, tab: Any, kept: bool) -> None:
    """Without the sandbox, which is the proof that the attack is one, its script runs, and gets no token."""
    dropped = {"content-disposition", *([] if kept else ["content-security-policy"])}

    def without(route: Any) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, headers={k: v for k, v in answer.headers.items() if k not in dropped})

    url = signed(hostile, _HTML, "text/html")
    tab.route("**/page?*", without)
    tab.goto(url)
    assert tab.locator("p").inner_text() == "hello"
    if kept:
        assert tab.title() == "quiet"
        assert token_requests(hostile) == []
    else:
        tab.wait_for_function("document.title.startsWith('token endpoint')")
        assert "AADSTS7000215" in tab.title()
        assert token_requests(hostile) == [401]
