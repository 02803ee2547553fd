"""`scripts/drift`: what the installed azure-ai-ml does otherwise than the contract; exit code 1 when that is news."""

from __future__ import annotations

import sys
from importlib.metadata import version

from tests.drift.findings import find_drift
from tests.drift.known import unknown_and_gone


def main() -> int:
    """Print the differences that are not known, and the known ones that are gone."""
    new, gone = unknown_and_gone(find_drift())
    for line in new:
        print(f"new:  {line}")
    for line in gone:
        print(f"gone: {line}")
    print(f"azure-ai-ml {version('azure-ai-ml')}: {len(new)} new differences, {len(gone)} known ones gone")
    return 1 if new or gone else 0


if __name__ == "__main__":
    sys.exit(main())
