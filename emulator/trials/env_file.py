"""Files of environment variables for trials: read when a trial starts, and kept nowhere."""

from __future__ import annotations

import re
from pathlib import Path

from emulator.executors.base import TrialRefused

_LINE = re.compile(r"^(?:export\s+)?(?P<name>[A-Za-z_]\w*)=(?P<value>.*)$")


def read_env_file(path: Path) -> dict[str, str]:
    """The variables of a file: `NAME=VALUE` lines; remarks, blank lines, `export` and quotes around values are fine.

    Raises:
        TrialRefused: it cannot be read, or a line of it (told by its number, never by its text) is something else.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise TrialRefused(
            f"--env-file {path} cannot be read: {getattr(error, 'strerror', 'it is not UTF-8')}"
        ) from None
    variables = {}
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        found = _LINE.match(text)
        if not found:
            raise TrialRefused(f"--env-file {path}:{number}: expected NAME=VALUE")
        value = found["value"].strip()
        quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "'\""
        variables[found["name"]] = value[1:-1] if quoted else value
    return variables
