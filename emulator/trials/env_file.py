"""Files of environment variables for trials: read when a trial starts, and kept nowhere."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

from dotenv.parser import parse_stream

from emulator.executors.base import TrialRefused


def read_env_file(path: Path) -> dict[str, str]:
    """The variables of a file in python-dotenv's format: `NAME=VALUE` lines, comments, `export`, quoted values.

    Values are taken as they are: `${NAME}` in one is not replaced, because secrets may contain any text.

    Raises:
        TrialRefused: it cannot be read, or a line of it (told by its number, never by its text) is something else.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise TrialRefused(
            f"--env-file {path} cannot be read: {getattr(error, 'strerror', 'it is not UTF-8')}"
        ) from None
    variables = {}
    for binding in parse_stream(StringIO(text)):
        if binding.error or (binding.key and binding.value is None):
            raise TrialRefused(f"--env-file {path}:{binding.original.line}: expected NAME=VALUE")
        if binding.key:
            variables[binding.key] = binding.value or ""
    return variables
