"""Where the emulator differs from the recordings: on purpose, or not mended yet."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.emulator.recorded.replayed import PROFILES, Profile

_FILE = Path(__file__).with_name("known.txt")


@dataclass(frozen=True, slots=True)
class Meant:
    """A difference on purpose; docs/fidelity.md lists it under the same words.

    Parameters:
        path: where it is.
        words: in docs/fidelity.md.
        profiles: that have it.
    """

    path: str
    words: str
    profiles: tuple[Profile, ...] = PROFILES

    def covers(self, path: str, profile: Profile) -> bool:
        """Whether a difference is this one."""
        return profile in self.profiles and path == self.path


MEANT = (
    Meant("$.body.properties.outputs.default", "`default_output`", ("default",)),
    Meant("$.headers.retry-after", "`cancel_retry_after`", ("default",)),
    Meant("$.body.properties.properties['amlet.seed']", "`amlet.*`", ("default",)),
)


def to_mend() -> dict[tuple[Profile, str], set[str]]:
    """Paths that still differ, by profile and exchange; `python -m tests.emulator.recorded --write` writes them."""
    found: dict[tuple[Profile, str], set[str]] = {}
    for line in _FILE.read_text("utf-8").splitlines():
        where, exchange, path = line.split(" ", 2)
        for profile in PROFILES if where == "both" else [one for one in PROFILES if one == where]:
            found.setdefault((profile, exchange), set()).add(path)
    return found


def write(found: dict[tuple[Profile, str], set[str]]) -> None:
    """Write the paths that still differ."""
    pairs = sorted({(exchange, path) for (_, exchange), paths in found.items() for path in paths})
    lines = []
    for exchange, path in pairs:
        where = [profile for profile in PROFILES if path in found.get((profile, exchange), set())]
        lines.append(f"{'both' if len(where) == len(PROFILES) else where[0]} {exchange} {path}")
    _FILE.write_text("".join(f"{line}\n" for line in lines), "utf-8")
