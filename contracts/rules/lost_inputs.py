"""Inline trials of sweep steps that lose their inputs: the official client sends their component without an interface.

Source: azure-ai-ml 1.35.2 (measured); it is what public issues run into (mlops-v2 115, azureml-examples 1516).
"""

from __future__ import annotations

from collections.abc import Container

from contracts.bindings import bindings

#: What to do about it.
REMEDY = "Put the trial into a component's file with inputs and outputs, and write trial: ./component.yml."


def lost_inputs(command: str, declared: Container[str]) -> str | None:
    """What is wrong with the command of a sweep step's trial; None where its component declares all that it uses.

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
