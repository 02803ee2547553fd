"""The early termination policies as values: name, model and rules; gateway and emulator key their parts by `name`.

Source of the names: `EarlyTerminationPolicyType` of 2024-01-01-preview and the official client's job files.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from contracts.references import later

if TYPE_CHECKING:
    from pydantic import BaseModel


@dataclass(frozen=True, slots=True, eq=False)
class TerminationPolicy:
    """A kind of early termination policy; compared and hashed as itself, so that it can be the key of a registry.

    Parameters:
        name: `policyType` in a body.
        yaml_name: `type` in a job file.
        model: loads the model of the policy's body; a function, so that naming a policy does not import pydantic.
        check: loads the rules for its body beyond those for every policy; None where there are none.
        tagged: what the service writes of it in the tags of a sweep beside what the body has. Source: recorded.
    """

    name: str
    yaml_name: str
    model: Callable[[], type[BaseModel]]
    check: Callable[[], Callable[[Any], None]] | None = None
    tagged: Mapping[str, Any] = field(default_factory=dict)


#: Every policy by its `name`; `register` adds to it.
TERMINATION_POLICIES: dict[str, TerminationPolicy] = {}

#: Called after every change: models that were built from the registry are built anew.
ON_CHANGE: list[Callable[[], object]] = []


def register(policy: TerminationPolicy) -> TerminationPolicy:
    """Add a policy to `TERMINATION_POLICIES`.

    Raises:
        ValueError: its name or its yaml name is taken.
    """
    for other in TERMINATION_POLICIES.values():
        if other.name == policy.name or other.yaml_name == policy.yaml_name:
            raise ValueError(f"the policy {other.name} (type: {other.yaml_name}) is registered already")
    TERMINATION_POLICIES[policy.name] = policy
    _changed()
    return policy


def unregister(policy: TerminationPolicy) -> None:
    """Take a policy out again: for tests that add one."""
    del TERMINATION_POLICIES[policy.name]
    _changed()


def _changed() -> None:
    for notify in ON_CHANGE:
        notify()


BANDIT = register(
    TerminationPolicy(
        "Bandit",
        "bandit",
        later("contracts.arm.sweep_algorithms:BanditPolicy"),
        later("contracts.rules.termination:check_bandit"),
    )
)
MEDIAN_STOPPING = register(
    TerminationPolicy("MedianStopping", "median_stopping", later("contracts.arm.sweep_algorithms:MedianStoppingPolicy"))
)
TRUNCATION_SELECTION = register(
    TerminationPolicy(
        "TruncationSelection",
        "truncation_selection",
        later("contracts.arm.sweep_algorithms:TruncationSelectionPolicy"),
        later("contracts.rules.termination:check_truncation_selection"),
        tagged={"exclude_finished_jobs": False},
    )
)
