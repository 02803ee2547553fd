"""What an installed distribution needs, by the metadata of what is installed."""

from __future__ import annotations

from collections.abc import Collection
from importlib.metadata import PackageNotFoundError, distribution

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


def installed(name: str, extras: Collection[str] = ()) -> dict[str, str]:
    """The versions of all that a distribution needs here, itself left out.

    Parameters:
        name: of the distribution.
        extras: those of its extras that count.
    """
    found: dict[str, str] = {}
    waiting = [(name, frozenset(extras))]
    seen = set(waiting)
    while waiting:
        current, wanted = waiting.pop()
        try:
            known = distribution(current)
        except PackageNotFoundError:  # not needed on this platform
            continue
        found[canonicalize_name(current)] = known.version
        for text in known.requires or ():
            needed = Requirement(text)
            is_here = needed.marker is None or any(needed.marker.evaluate({"extra": one}) for one in (*wanted, ""))
            following = (needed.name, frozenset(needed.extras))
            if is_here and following not in seen:
                seen.add(following)
                waiting.append(following)
    del found[canonicalize_name(name)]
    return found
