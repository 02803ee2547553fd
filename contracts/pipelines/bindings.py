"""The bindings of a pipeline: `${{parent.inputs.x}}`, `${{parent.jobs.step.outputs.o}}`, `${{parent.outputs.o}}`.

Source: the official SDK's patterns (azure-ai-ml 1.35.2, `entities/_job/pipeline/_io`); a binding is the whole text of a
value, never a part of it. Names of grouped inputs hold dots (`group.x`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

_OPEN, _CLOSE = "${{", "}}"


@dataclass(frozen=True, slots=True)
class PipelineInput:
    """An input of the pipeline around a step."""

    name: str

    def __str__(self) -> str:
        return f"{_OPEN}parent.inputs.{self.name}{_CLOSE}"


@dataclass(frozen=True, slots=True)
class StepOutput:
    """An output of another step; `output` is None for `${{parent.jobs.step.outputs}}`, the step's only output."""

    step: str
    output: str | None

    def __str__(self) -> str:
        return f"{_OPEN}parent.jobs.{self.step}.outputs{'' if self.output is None else '.' + self.output}{_CLOSE}"


@dataclass(frozen=True, slots=True)
class PipelineOutput:
    """An output of the pipeline around a step."""

    name: str

    def __str__(self) -> str:
        return f"{_OPEN}parent.outputs.{self.name}{_CLOSE}"


@dataclass(frozen=True, slots=True)
class UnknownBinding:
    """A text in `${{...}}` that is not a binding of a pipeline."""

    text: str

    def __str__(self) -> str:
        return self.text


Binding: TypeAlias = PipelineInput | StepOutput | PipelineOutput | UnknownBinding


def parse_binding(text: Any) -> Binding | None:
    """The binding that a value is; None for a literal. Linear in the length of the text.

    Example:
        >>> parse_binding("${{parent.jobs.prepare.outputs.data}}")
        StepOutput(step='prepare', output='data')
        >>> parse_binding("0.5") is None
        True
    """
    if not isinstance(text, str):
        return None
    inner = text.strip()
    if not (inner.startswith(_OPEN) and inner.endswith(_CLOSE) and len(inner) >= len(_OPEN) + len(_CLOSE)):
        return None
    words = inner[len(_OPEN) : -len(_CLOSE)].strip().split(".")
    match words:
        case ["parent", "inputs", _, *_] if all(words):
            return PipelineInput(".".join(words[2:]))
        case ["parent", "outputs", _, *_] if all(words):
            return PipelineOutput(".".join(words[2:]))
        case ["parent", "jobs", step, "outputs"] if step:
            return StepOutput(step, None)
        case ["parent", "jobs", step, "outputs", *_] if all(words):
            return StepOutput(step, ".".join(words[4:]))
        case _:
            return UnknownBinding(text)
