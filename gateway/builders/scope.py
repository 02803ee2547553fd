"""The pipeline functions that are running: steps that are made meanwhile are steps of the innermost one."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from types import CodeType, FrameType
from typing import Any

from gateway.exceptions import UserErrorException

#: How many pipeline functions may be called within another. Source: the official SDK.
_DEEPEST = 100


@dataclass(slots=True)
class Scope:
    """A pipeline function that is running.

    Parameters:
        name: the pipeline's name, for messages.
        code: the function's code, by which its frame is found.
        steps: the steps that were made so far.
        settings: what `set_pipeline_settings` was given: steps or their names.
    """

    name: str
    code: CodeType | None
    steps: list[Any] = field(default_factory=list)
    settings: dict[str, Any] = field(default_factory=dict)
    _frame: FrameType | None = None

    def add(self, step: Any) -> None:
        """Add a step; with the first one the function's frame is kept, whose variables name the steps."""
        self.steps.append(step)
        if self._frame is None:
            frame: FrameType | None = sys._getframe(1)
            while frame is not None and frame.f_code is not self.code:
                frame = frame.f_back
            self._frame = frame

    def take_variables(self) -> dict[str, Any]:
        """The function's local variables as they were when it returned; the frame is let go."""
        frame, self._frame = self._frame, None
        return {} if frame is None else dict(frame.f_locals)


_SCOPES: ContextVar[tuple[Scope, ...]] = ContextVar("pipeline functions", default=())


def current() -> Scope | None:
    """The innermost pipeline function that is running; None outside of one."""
    scopes = _SCOPES.get()
    return scopes[-1] if scopes else None


def register(step: Any) -> None:
    """Make a step one of the innermost pipeline function, if one is running."""
    scope = current()
    if scope is not None:
        scope.add(step)


def set_pipeline_settings(*, on_init: Any = None, on_finalize: Any = None) -> None:
    """Say, within a pipeline function, which step runs before all others and which after them.

    Parameters:
        on_init, on_finalize: the step or its name; None leaves what was said before.

    Raises:
        UserErrorException: no pipeline function is running.
    """
    scope = current()
    if scope is None:
        raise UserErrorException("Please call `set_pipeline_settings` inside a `pipeline` decorated function.")
    scope.settings |= {
        name: step for name, step in (("on_init", on_init), ("on_finalize", on_finalize)) if step is not None
    }


@contextmanager
def entered(scope: Scope) -> Iterator[Scope]:
    """Run a pipeline function in its scope.

    Raises:
        UserErrorException: a hundred of them are within each other.
    """
    scopes = _SCOPES.get()
    if len(scopes) + 1 >= _DEEPEST:
        raise UserErrorException(f"Pipeline {scopes[0].name} depth exceeds limitation. Max depth: {_DEEPEST}")
    token = _SCOPES.set((*scopes, scope))
    try:
        yield scope
    finally:
        _SCOPES.reset(token)
