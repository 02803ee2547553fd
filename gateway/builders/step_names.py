"""Names of a pipeline's steps: their own, else those of the function's variables, else those of their components."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from gateway.builders.node import Node
from gateway.exceptions import UserErrorException

_STEP_NAME = re.compile(r"[a-z_][a-z\d_]*")


def named_steps(pipeline: str, steps: Sequence[Node], variables: Mapping[str, Any]) -> dict[str, Node]:
    """The steps by name, in the order in which they were made; each one's `name` is set.

    Parameters:
        pipeline: name of the pipeline, for messages.
        steps: the steps that the function made.
        variables: the function's local variables when it returned.

    Raises:
        UserErrorException: a name with other characters than lower letters, digits and underscores, or one that two
            steps have.
    """
    names = _names_of_variables(pipeline, {id(step) for step in steps}, variables)
    count = dict.fromkeys(names.values(), 1)
    of_component = {_own_or_component_name(step): names[id(step)] for step in steps if id(step) in names}
    named: dict[str, Node] = {}
    for step in steps:
        if id(step) not in names:
            target = _own_or_component_name(step)
            if step.name is None:
                target = of_component.get(target, target)
            count[target] = count.get(target, 0) + 1
            suffix = "" if count[target] == 1 else f"_{count[target] - 1}"
            names[id(step)] = f"{_identifier(target)}{suffix}"
        name = names[id(step)]
        step.name = name
        named[name] = step
    return named


def _names_of_variables(pipeline: str, steps: set[int], variables: Mapping[str, Any]) -> dict[int, str]:
    names: dict[int, str] = {}
    taken: set[str] = set()
    for variable, value in variables.items():
        if not isinstance(value, Node) or id(value) not in steps:
            continue
        name = value.name or variable
        if name == "_":
            continue
        if not _STEP_NAME.fullmatch(name):
            raise UserErrorException(
                f"Invalid node name found: {name!r}. Node name must start with a lower letter or underscore, and can "
                "only contain lower letters, numbers and underscore."
            )
        if name in taken and id(value) not in names:
            raise UserErrorException(
                f"Duplicate node name found in pipeline: {pipeline!r}, node name: {name!r}. Duplicate check is "
                "case-insensitive."
            )
        taken.add(name)
        names[id(value)] = name
    return names


def _own_or_component_name(step: Node) -> str:
    component = step._component
    return step.name or (component if isinstance(component, str) else str(component.name))


def _identifier(name: str) -> str:
    """A name as lower letters, digits and single underscores."""
    words = re.sub(r"[\W_]+", " ", name.lower()).strip()
    return ("n" + words if words[:1].isdigit() else words).replace(" ", "_")
