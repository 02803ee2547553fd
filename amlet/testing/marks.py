"""What the marker `amlet` says of a test; imports nothing of the emulator, for it is read at every collection."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

#: What the marker's line in `pytest --markers` says.
MARKER = (
    "amlet(seed, project, scenario, executor, objective, curves, settings, start, frozen): how the test's emulator is "
    "made; executor is 'simulate' (virtual time, the default) or 'process' (real trials), project and scenario are "
    "files beside the test"
)

#: What it may say.
KEYS = ("seed", "project", "scenario", "executor", "objective", "curves", "settings", "start", "frozen")


def options_of(item: pytest.Item) -> dict[str, Any]:
    """Options of an emulator from the markers of a test, its class and its module; the nearest one wins, key by key.

    Raises:
        pytest.UsageError: a marker that cannot be understood.
    """
    options: dict[str, Any] = {}
    for node, mark in reversed(list(item.iter_markers_with_node("amlet"))):
        if mark.args:
            raise pytest.UsageError(f"{node.nodeid}: pytest.mark.amlet takes names only: amlet(seed=7), not amlet(7)")
        for key, value in mark.kwargs.items():
            if key not in KEYS:
                from contracts.diagnostics.suggestions import closest  # only a mistake needs it

                near = closest(key, KEYS)
                hint = f"did you mean {near!r}?" if near else f"known are {', '.join(KEYS)}"
                raise pytest.UsageError(f"{node.nodeid}: pytest.mark.amlet has no {key!r}; {hint}")
            options[key] = _read(key, value, node.path.parent)
        if "settings" in mark.kwargs:
            options["settings"] = {**options.get("settings", {}), **mark.kwargs["settings"]}
    return options


def _read(key: str, value: Any, folder: Path) -> Any:
    if key in ("project", "scenario") and value is not None:
        return folder / value
    if key == "start" and isinstance(value, str):
        return _moment(value)
    if key == "objective" and value is not None and not callable(value):
        raise pytest.UsageError(
            f"pytest.mark.amlet: objective is {value!r}; expected a function of the parameters of a trial"
        )
    if key == "settings" and not isinstance(value, Mapping):
        raise pytest.UsageError(f"pytest.mark.amlet: settings is {value!r}; expected names and values, as a dict")
    return value


def _moment(text: str) -> float:
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise pytest.UsageError(
            f"pytest.mark.amlet: start is {text!r}; expected a time such as '2026-01-01T00:00:00Z'"
        ) from None
    return (read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp()
