"""The bindings of a pipeline: `${{parent.inputs.x}}`, `${{parent.jobs.step.outputs.o}}`, `${{parent.outputs.o}}`.

Source: the official SDK's patterns (azure-ai-ml 1.35.2, `entities/_job/pipeline/_io`). A binding is the whole text of a
value, or a part of it: the SDK sends `param + " right"` as `${{parent.inputs.param}} right`. Names of grouped inputs
hold dots (`group.x`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

_OPEN, _CLOSE = "${{", "}}"
_WITHIN = re.compile(r"\$\{\{\s*parent\.[^{}]*\}\}")


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
    expression = inner[len(_OPEN) : -len(_CLOSE)].strip()
    if "{" in expression or "}" in expression:
        return None  # several within a longer text
    words = expression.split(".")
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


def is_name(binding: Binding) -> bool:
    """Whether a binding is `${{parent.name}}`, which Microsoft's tests submit; what it becomes is not documented."""
    return isinstance(binding, UnknownBinding) and binding.text.strip(" ${}") == "parent.name"


def bindings_within(text: Any) -> list[Binding]:
    """The bindings in a value: the one that it is, or those that are parts of it.

    Example:
        >>> bindings_within("left ${{parent.inputs.side}}")
        [PipelineInput(name='side')]
    """
    whole = parse_binding(text)
    if whole is not None:
        return [whole]
    if not isinstance(text, str) or _OPEN not in text:
        return []
    return [binding for found in _WITHIN.findall(text) if (binding := parse_binding(found)) is not None]


def replaced(text: str, value_of: Callable[[Binding], str]) -> str:
    """The text with its bindings replaced.

    Parameters:
        value_of: what stands in the place of a binding.

    Example:
        >>> replaced("left ${{parent.inputs.side}}", lambda binding: "side")
        'left side'
    """

    def one(found: re.Match[str]) -> str:
        binding = parse_binding(found[0])
        return found[0] if binding is None else value_of(binding)

    return _WITHIN.sub(one, text)
