"""Pages of lists: the opaque token in their nextLink, which the last one has not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.emulator.api.arm.conftest import Client

_ENVIRONMENT = {"image": "img"}
_COMPUTE = {"computeType": "AmlCompute", "properties": {"vmSize": "STANDARD_DS3_V2"}}
_DATASTORE = {
    "datastoreType": "AzureBlob",
    "accountName": "account",
    "containerName": "container",
    "credentials": {"credentialsType": "None"},
}

LISTS: dict[str, tuple[Callable[[int], str], dict[str, Any], str]] = {
    "versions": (lambda number: f"/environments/e/versions/{number}", _ENVIRONMENT, "/environments/e/versions"),
    "containers": (lambda number: f"/environments/e{number}/versions/1", _ENVIRONMENT, "/environments"),
    "computes": (lambda number: f"/computes/compute{number}", _COMPUTE, "/computes"),
    "datastores": (lambda number: f"/datastores/store{number}", _DATASTORE, "/datastores"),
}


def _pages(client: Client, path: str, query: dict[str, str]) -> list[list[str]]:
    pages, answer = [], client.arm("GET", path, params=query).json()
    while True:
        pages.append([one["name"] for one in answer["value"]])
        if "nextLink" not in answer:
            return pages
        (token,) = parse_qs(urlsplit(answer["nextLink"]).query)["$skipToken"]
        assert not token.isdigit()
        answer = client.request("GET", answer["nextLink"]).json()


@pytest.mark.parametrize("kind", LISTS)
def test_pages_of_a_list_show_everything_once(make_client: Callable[..., Client], kind: str) -> None:
    client = make_client(page_size=2)
    path, body, listed = LISTS[kind]
    for number in range(5):
        assert client.arm("PUT", path(number), json={"properties": body}).status_code == 201
    pages = _pages(client, listed, {})
    assert {len(page) for page in pages[:-1]} == {2}
    every = [name for page in pages for name in page]
    assert len(set(every)) == len(every) >= 5


def test_the_size_of_a_page_of_datastores_can_be_asked_for(client: Client) -> None:
    pages = _pages(client, "/datastores", {"count": "2"})
    assert [len(page) for page in pages] == [2, 1]
    assert "nextLink" not in client.arm("GET", "/datastores", params={"count": "3"}).json()
