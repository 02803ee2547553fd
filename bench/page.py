"""The table of all benches: as text, and in docs/performance.md between two marks, what is around them left alone."""

from __future__ import annotations

import json
import os
import platform
import sqlite3
import sys
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from bench.rows import HEADS, read

BEGIN, END = "<!-- found by scripts/bench: begin -->", "<!-- found by scripts/bench: end -->"

_PACKAGES = ("azure-ai-ml", "optuna", "egobox", "starlette", "uvicorn", "httpx", "pydantic")

#: Benches whose own tables are shown whole, as text.
_WHOLE = ("optimise",)


def text_table(results: Mapping[str, Any]) -> str:
    """All rows for a terminal."""
    lines = [HEADS, *_cells(results)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADS))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)


def write(file: Path, results: Mapping[str, Any]) -> None:
    """Put what was found into the page, between the marks.

    Raises:
        ValueError: the page has no marks.
    """
    text = file.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{file} has no lines {BEGIN} and {END}")
    file.write_text(f"{before}{BEGIN}\n{_section(results)}\n{END}{after}", encoding="utf-8")


def _section(results: Mapping[str, Any]) -> str:
    rows = [_line(HEADS), _line(["---"] * len(HEADS)), *map(_line, _cells(results))]
    dates = sorted({found["date"] for found in results.values()})
    versions = ", ".join(filter(None, map(_version, _PACKAGES)))
    machine = f"{os.cpu_count()} cores, {_processor()}, {platform.system()}, Python {platform.python_version()}"
    facts = (
        f"Measured {' to '.join(dict.fromkeys((dates[0], dates[-1])))} on {machine}, SQLite {sqlite3.sqlite_version}; "
    )
    left = [f"- {name}: {reason}" for name, found in results.items() for reason in found["left_out"]]
    parts = [facts + versions + ".", "\n".join(rows)]
    if left:
        parts.append("Left out:\n\n" + "\n".join(left))
    whole = {name: results.get(name, {}).get("printed", "").rstrip() for name in _WHOLE}
    parts += [f"`bench/{name}.py` printed:\n\n```text\n{text}\n```" for name, text in whole.items() if text]
    return "\n\n".join(parts)


def _cells(results: Mapping[str, Any]) -> list[Sequence[str]]:
    return [row.cells for found in results.values() for row in read(json.dumps(found["rows"]))]


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _version(package: str) -> str:
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return ""


def _processor() -> str:
    """The processor's name, where this machine tells it."""
    info = Path("/proc/cpuinfo")
    if sys.platform == "linux" and info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.machine()
