"""`python -m tests.audit`: looks up what `amlet[emulator]` installs in the database of known vulnerabilities.

Ends with 1 where one is known; with 0, and a line that says so, where the database cannot be reached in time.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.audit.dependencies import installed
from tests.audit.verdict import verdict

_PATIENCE = 40.0  # seconds


def main() -> int:
    """Look them up; the exit code."""
    pins = "".join(f"{name}=={version}\n" for name, version in sorted(installed("amlet", {"emulator"}).items()))
    command = [
        "-m",
        "pip_audit",
        "--disable-pip",
        "--no-deps",
        "--format=json",
        "--progress-spinner=off",
        "--timeout=5",
    ]
    try:
        looked = subprocess.run(
            [sys.executable, *command, "--requirement=/dev/stdin"],
            input=pins,
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
            check=False,
            cwd=Path(__file__).parents[2],
        )
        answer = looked.stdout
    except subprocess.TimeoutExpired:
        answer = ""
    found = verdict(answer)
    print(found.text)
    return int(found.is_bad)


if __name__ == "__main__":
    sys.exit(main())
