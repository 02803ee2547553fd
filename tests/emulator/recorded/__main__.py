"""Where the emulator differs from the recordings: `python -m tests.emulator.recorded [--write] [EXCHANGE ...]`."""

from __future__ import annotations

import json
import sys

from tests.conftest import CORPUS
from tests.emulator.recorded.known import MEANT, write
from tests.emulator.recorded.replayed import PROFILES, Profile, kinds_of, replayed

_WIDTH = 120


def main(arguments: list[str]) -> None:
    """Print all differences, or write the list of those that are not meant."""
    chosen = [one for one in arguments if not one.startswith("-")]
    unmeant: dict[tuple[Profile, str], set[str]] = {}
    for profile in PROFILES:
        for exchange, found in replayed(CORPUS / "recorded", profile).items():
            unmeant[profile, exchange] = {
                path for path in kinds_of(found) if not any(one.covers(profile, exchange, path) for one in MEANT)
            }
            for one in found if not chosen or exchange in chosen else []:
                print(f"{profile} {exchange} {one.path}\n  service {_short(one.expected)}\n  here    {_short(one.got)}")
    if "--write" in arguments:
        write(unmeant)
    print(f"{sum(map(len, unmeant.values()))} paths differ that should not")


def _short(value: object) -> str:
    return json.dumps(value)[:_WIDTH]


if __name__ == "__main__":
    main(sys.argv[1:])
