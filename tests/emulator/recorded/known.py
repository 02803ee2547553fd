"""Where the emulator differs from the recordings: on purpose, or not repaired yet."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.emulator.recorded.replayed import PROFILES, Profile

_FILE = Path(__file__).with_name("known.txt")


@dataclass(frozen=True, slots=True)
class Meant:
    """A difference on purpose; docs/fidelity.md lists it under the same words.

    Parameters:
        words: in docs/fidelity.md.
        exchanges: begin of the ids of the exchanges that have it.
        paths: where it is; what ends in a dot is all below.
        profiles: that have it.
        sometimes: whether it is there in some runs only.
    """

    words: str
    exchanges: str
    paths: tuple[str, ...]
    profiles: tuple[Profile, ...] = PROFILES
    sometimes: bool = False

    def covers(self, profile: Profile, exchange: str, path: str) -> bool:
        """Whether a difference is this one."""
        if profile not in self.profiles or not exchange.startswith(self.exchanges):
            return False
        return any(path == one or (one.endswith(".") and path.startswith(one)) for one in self.paths)


MEANT = (
    Meant("`default_output`", "", ("$.body.properties.outputs.default",), ("default",)),
    Meant("`cancel_retry_after`", "cancel-post", ("$.headers.retry-after",), ("default",)),
    Meant("`amlet.*`", "sweep-", ("$.body.properties.properties['amlet.seed']",), ("default",)),
    Meant("`amlet.*`", "rh-", ("$.body.value[].error.error.additionalInfo",), ("default",)),
    Meant("`datastore_accounts`", "ds-", ("$.body.properties.accountName",), ("default",)),
    Meant(
        "`cancel_takes`",
        "cancel-poll-202",
        ("$.status", "$.headers.content-type", "$.headers.location", "$.body"),
        ("default",),
        sometimes=True,
    ),
    Meant(
        "`local_jobs`",
        "cmd-put-local",
        (
            "$.body.properties.status",
            "$.body.properties.services.",
            "$.body.properties.parameters",
            "$.body.properties.queueSettings.jobTier",
            "$.body.systemData.",
        ),
        ("default",),
    ),
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
