"""What the chosen api-version can carry."""

from __future__ import annotations

from collections.abc import Iterator

from contracts.api_version import carries_previews, preview_only, refuses_unknown
from contracts.rules.finding import Node


def check_api_version(properties: Node, api_version: str) -> None:
    """Name the fields that the chosen api-version cannot carry. Source: `contracts.api_version`."""
    if carries_previews(api_version):
        return
    lost = "may be refused" if refuses_unknown(api_version) else "is lost"
    refused = {found.path for found in properties.findings if found.code == "UnknownMember"}
    for path in preview_only(properties.mapping):
        for node in _at(properties, path):
            if node.path in refused:
                continue
            node.warning(
                "NotInApiVersion",
                f"api-version {api_version} has no such field; it {lost}.",
                "Send the job with 2024-01-01-preview, or leave the field out.",
            )


def _at(node: Node, path: tuple[str, ...]) -> Iterator[Node]:
    if not path:
        if node.value is not None:
            yield node
        return
    for _, inner in node if path[0] == "*" else [(path[0], node[path[0]])]:
        yield from _at(inner, path[1:])
