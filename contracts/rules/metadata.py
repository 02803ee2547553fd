"""Names for people, tags and properties: how long and how many they may be."""

from __future__ import annotations

from contracts.rules.finding import Node

_LENGTHS = {"displayName": 256, "description": 5000}
_MOST_ENTRIES, _LONGEST_KEY, _LONGEST_VALUE = 50, 100, 1000


def check_metadata(properties: Node) -> None:
    """Point out what is longer, or more, than the documented limits of a run.

    Source: docs page resource-limits-capacity, which does not say whether more is refused or cut: a warning.
    """
    for key, longest in _LENGTHS.items():
        _check_length(properties, key, key, properties.mapping.get(key), longest)
    for name in ("tags", "properties"):
        bag = properties[name]
        if len(bag.mapping) > _MOST_ENTRIES:
            bag.warning("TooMany", f"There are {len(bag.mapping)} entries.", f"Keep at most {_MOST_ENTRIES}.")
        for key, text in bag.mapping.items():
            _check_length(bag, key, "The key", key, _LONGEST_KEY)
            _check_length(bag, key, "The value", text, _LONGEST_VALUE)


def _check_length(around: Node, key: str, what: str, text: object, longest: int) -> None:
    """Without a node for each text: these are in every job, and almost never too long."""
    if isinstance(text, str) and len(text) > longest:
        around[key].warning("TooLong", f"{what} has {len(text)} characters.", f"Keep it to {longest}.")
