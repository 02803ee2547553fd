"""The kinds of assets: what a version of each shows besides what it was given, and what of it never changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

#: May change on a version that exists.
MUTABLE = frozenset({"description", "tags", "properties", "isArchived", "stage", "autoDeleteSetting"})


@dataclass(frozen=True, slots=True)
class AssetKind:
    """One kind.

    Parameters:
        collection: in ARM ids.
        noun: for people.
        path: the key that says where its content is; None for a kind without content.
        shown: what the service fills in.
        added: keys of a specification that the official client adds when it registers again what it fetched.
    """

    collection: str
    noun: str
    path: str | None = None
    shown: Mapping[str, Any] | None = None
    added: frozenset[str] = frozenset()

    def compared(self, value: Any) -> Any:
        """A part of a version, without what makes no difference to it."""
        return {key: one for key, one in value.items() if key not in self.added} if isinstance(value, dict) else value

    def document(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The `properties` of a version: as given, with what the service adds. Source: official examples."""
        filled = {
            "description": None,
            "tags": {},
            "properties": {},
            "isArchived": False,
            "isAnonymous": False,
            **(self.shown or {}),
        }
        return filled | {key: value for key, value in given.items() if value is not None or key not in filled}


KINDS: Mapping[str, AssetKind] = {
    kind.collection: kind
    for kind in (
        AssetKind("codes", "code", "codeUri"),
        AssetKind("data", "data asset", "dataUri", {"dataType": "uri_folder"}),
        AssetKind("models", "model", "modelUri", {"modelType": "custom_model", "flavors": {}}),
        AssetKind(
            "components",
            "component",
            None,
            {"provisioningState": "Succeeded"},
            frozenset({"id", "creation_context", "_source"}),
        ),
        AssetKind(
            "environments",
            "environment",
            None,
            {"environmentType": "UserCreated", "osType": "Linux", "provisioningState": "Succeeded"},
        ),
    )
}
