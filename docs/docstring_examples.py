"""Shows the examples of docstrings as code on the site: they stand indented below `Example:`, without a fence."""

from __future__ import annotations

import re
from typing import Any

import griffe

_EXAMPLE = re.compile(r"^(Examples?:)\n((?:    .*\n?|\n)+)", re.MULTILINE)


class Examples(griffe.Extension):
    """Puts examples into fences while docstrings are collected."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        """Called for each module, class and function."""
        if obj.docstring is not None:
            obj.docstring.value = _EXAMPLE.sub(_fenced, obj.docstring.value)


def _fenced(found: re.Match[str]) -> str:
    return f"{found[1]}\n    ```python\n{found[2].rstrip()}\n    ```\n\n"
