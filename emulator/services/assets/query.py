"""Which assets a list shows, and in what order. Source: the parameters of the lists in the REST definitions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from emulator.services.page_token import number_of_mark
from emulator.services.refusal import user_error
from emulator.storage.assets import Asset


@dataclass(frozen=True, slots=True)
class Listing:
    """What a list shows, from the query of its request.

    Parameters:
        view: `ActiveOnly`, `ArchivedOnly` or `All`.
        newest_first: by the time of creation.
        top: at most so many in all.
        after: id of the last asset of the page before.
        hash, hash_version: of the content of a code.
        labels: `tags` and `properties` that an asset must have, each with its value where one is asked for.
        exact: what `version`, `description` and `stage` must be.
    """

    view: str = "ActiveOnly"
    newest_first: bool = True
    top: int | None = None
    after: int | None = None
    hash: str | None = None
    hash_version: str | None = None
    labels: tuple[tuple[str, str, str | None], ...] = ()
    exact: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Listing:
        """Read the query of a request.

        Raises:
            Refusal: a parameter has no value that could be served.
        """
        view = query.get("listViewType") or "ActiveOnly"
        if view not in {"ActiveOnly", "ArchivedOnly", "All"}:
            raise user_error(f"listViewType={view!r}: use ActiveOnly, ArchivedOnly or All.", target="listViewType")
        order = query.get("$orderBy", "createdtime desc").lower().split()
        return cls(
            view,
            order[-1:] != ["asc"],
            _number(query, "$top"),
            number_of_mark(query),
            query.get("hash"),
            query.get("hashVersion"),
            tuple(_labels(query)),
            {name: query[name] for name in ("version", "description", "stage") if query.get(name)},
        )

    def shows(self, asset: Asset) -> bool:
        """Whether an asset belongs into the list."""
        if self.hash is not None:
            version = str((asset.document.get("properties") or {}).get("hash_version", self.hash_version))
            return self.hash_version in (None, version)
        seen = self.view == "All" or asset.archived == (self.view == "ArchivedOnly")
        return seen and not asset.anonymous and self._names(asset)

    def _names(self, asset: Asset) -> bool:
        document = {**asset.document, "version": asset.version}
        if any(document.get(name) != value for name, value in self.exact.items()):
            return False
        kept = [(document.get(section) or {}, key, value) for section, key, value in self.labels]
        return all(key in labels and value in (None, labels[key]) for labels, key, value in kept)


def _labels(query: Mapping[str, str]) -> Iterator[tuple[str, str, str | None]]:
    """From `one,two=2`: names that must be there, some with their value."""
    for name in ("$tags", "tags", "properties"):
        for asked in filter(None, query.get(name, "").split(",")):
            key, separator, value = asked.strip().partition("=")
            yield name.removeprefix("$"), key, value if separator else None


def _number(query: Mapping[str, str], name: str) -> int | None:
    text = query.get(name)
    if text is None:
        return None
    if not text.isdecimal() or len(text) > 18:
        raise user_error(f"{name}={text!r} is not a number that can be used here.", target=name)
    return int(text)
