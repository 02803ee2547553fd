"""Bindings in commands: each must name something that the job has."""

from __future__ import annotations

import re
from collections.abc import Collection, Container, Iterable

from contracts.bindings import bindings, without_optional
from contracts.diagnostics.shortening import listed
from contracts.diagnostics.suggestions import Suggestions
from contracts.rules.finding import Node

_ANY = re.compile(r"\$\{\{([^{}]*)\}\}")
_OLD = re.compile(r"(?<![{$])\{(?:inputs|outputs|search_space)\.[\w.-]+\}(?!\})")
_VARIABLE = re.compile(r"AZUREML_SWEEP_(\w+)")
#: The output that every job has (`outputs.default` in the service's answers).
_DEFAULT_OUTPUT = "default"
#: What to do about inputs that a trial loses.
LOST_INPUTS_REMEDY = "Put the trial into a component's file with inputs and outputs, and write trial: ./component.yml."


def check_bindings(command: Node, properties: Node) -> None:
    """Refuse bindings to what the job does not have; point out those that the service leaves unchanged.

    Source: an undefined `${{search_space.x}}` is accepted at PUT (recorded), so that only `validate` refuses it; of
    `${{inputs.x}}` nothing is recorded. What stands in `$[[...]]` is left out where its input has no value
    (`contracts.bindings`); only the official clients rewrite the old `{inputs.x}`.
    """
    if command.text is None or "{" not in command.text:
        return
    # In order, for messages: sorted once here, and not once for each mistake.
    known = {
        "inputs": _in_order(properties["inputs"].mapping),
        "outputs": _in_order({*properties["outputs"].mapping, _DEFAULT_OUTPUT}),
        "search_space": _in_order(_parameters(properties["searchSpace"].value)),
    }
    suggestions = Suggestions()
    needed = without_optional(command.text, lambda binding: binding.name in known[binding.kind])
    for binding in dict.fromkeys(bindings(needed)):
        if binding.name not in known[binding.kind]:
            what = f"${{{{{binding.kind}.{binding.name}}}}} names nothing in the job."
            remedy = _nearest(binding.name, known[binding.kind], binding.kind, suggestions)
            if binding.kind == "search_space":
                command.error("UndefinedParameter", what, remedy)
            else:
                command.error("UndefinedBinding", what, remedy)
    for text in dict.fromkeys(text.strip() for text in _ANY.findall(command.text)):
        if not bindings(f"${{{{{text}}}}}"):
            command.warning(
                "UnknownBinding",
                f"${{{{{text}}}}} is not a binding and reaches the shell unchanged.",
                "Bindings begin with inputs., outputs. or search_space.",
            )
    for text in dict.fromkeys(_OLD.findall(command.text)):
        command.warning("SingleBraces", f"{text} reaches the shell unchanged.", f"Write ${{{text}}}.")


def check_use(command: Node, space: Node) -> None:
    """Point out hyperparameters that the command does not use; of a conditional space, one of its names is enough.

    Source: trials have `AZUREML_SWEEP_<name>` in their environment (azure-sdk-for-python, pull request 36564), so that
    code can read a value which the command does not pass.
    """
    if command.text is None:
        return
    used = {binding.name for binding in bindings(command.text) if binding.kind == "search_space"}
    used.update(_VARIABLE.findall(command.text))
    for name, entry in space:
        if used.isdisjoint({name} | _parameters_of_choice(entry.value)):
            entry.warning(
                "UnusedParameter",
                "The trial's command does not use it.",
                f"Pass ${{{{search_space.{name}}}}} in the command, unless the code reads the environment variable "
                f"AZUREML_SWEEP_{name}.",
            )


def lost_inputs(command: str, declared: Container[str]) -> str | None:
    """What is wrong with the command of a sweep step's trial; None where its component declares all that it uses.

    The official client sends the component of an inline trial without an interface. Source: azure-ai-ml 1.35.2
    (measured); it is what public issues run into (mlops-v2 115, azureml-examples 1516).

    Parameters:
        command: the trial's command line.
        declared: names of the component's inputs and outputs and of the step's search space.
    """
    used = (one.name for one in bindings(command) if one.kind != "search_space")
    lost = [name for name in dict.fromkeys(used) if name not in declared]
    if not lost:
        return None
    return (
        f"The trial's command uses {', '.join(lost)}, which its component does not declare; a trial that is written in "
        "place has neither inputs nor outputs."
    )


def _in_order(names: Iterable[str]) -> dict[str, None]:
    return dict.fromkeys(sorted(names))


def _parameters(space: object) -> set[str]:
    """Names of the parameters of a space and of the conditional spaces within its choices."""
    names: set[str] = set()
    if isinstance(space, dict):
        for name, value in space.items():
            names |= {str(name)} | _parameters_of_choice(value)
    return names


def _parameters_of_choice(wire: object) -> set[str]:
    match wire:
        case [str(), [[*options]]]:
            return set().union(*(_parameters(option) for option in options))
        case _:
            return set()


def _nearest(name: str, known: Collection[str], kind: str, suggestions: Suggestions) -> str:
    if near := suggestions.closest(name, known):
        return f"Did you mean {near}?"
    return f"Add {name} to {kind}" + (f"; there are {listed(known)}." if known else ".")
