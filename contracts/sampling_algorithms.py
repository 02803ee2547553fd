"""The sampling algorithms as values: name, model and rules; gateway and emulator key their parts by `name`.

Source of the names: `SamplingAlgorithmType` of 2024-01-01-preview and the official client's job files.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from contracts.references import later
from contracts.termination_policies import ON_CHANGE

if TYPE_CHECKING:
    from pydantic import BaseModel


@dataclass(frozen=True, slots=True, eq=False)
class SamplingAlgorithm:
    """A kind of sampling algorithm; compared and hashed as itself, so that it can be the key of a registry.

    Parameters:
        name: `samplingAlgorithmType` in a body.
        yaml_name: `type` in a job file.
        model: loads the model of the algorithm's body; a function, so that naming one does not import pydantic.
        check: loads the rules for a sweep that has it, given the sweep's properties; None where there are none.
        tag: its name in the tag `_aml_system_generator_config` of a sweep. Source: recorded.
        by_chance: whether its trials depend on a seed.
        learns: whether its trials depend on what earlier ones reached.
        defaults: the members that the service writes back for a body that leaves them out. Source: recorded.
    """

    name: str
    yaml_name: str
    model: Callable[[], type[BaseModel]]
    check: Callable[[], Callable[[Any], None]] | None = None
    tag: str = ""
    by_chance: bool = True
    learns: bool = False
    defaults: Mapping[str, Any] = field(default_factory=dict)

    def members(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The members that have defaults, as the service writes them: a word is capitalised. Source: recorded.

        Parameters:
            given: the algorithm of a body.
        """
        return {
            name: (given.get(name) or default).capitalize() if isinstance(default, str) else given.get(name, default)
            for name, default in self.defaults.items()
        }


#: Every algorithm by its `name`; `register` adds to it.
SAMPLING_ALGORITHMS: dict[str, SamplingAlgorithm] = {}


def register(algorithm: SamplingAlgorithm) -> SamplingAlgorithm:
    """Add an algorithm to `SAMPLING_ALGORITHMS`.

    Raises:
        ValueError: its name or its yaml name is taken.
    """
    for other in SAMPLING_ALGORITHMS.values():
        if other.name == algorithm.name or other.yaml_name == algorithm.yaml_name:
            raise ValueError(f"the sampling algorithm {other.name} (type: {other.yaml_name}) is registered already")
    SAMPLING_ALGORITHMS[algorithm.name] = algorithm
    _changed()
    return algorithm


def unregister(algorithm: SamplingAlgorithm) -> None:
    """Take an algorithm out again: for tests that add one."""
    del SAMPLING_ALGORITHMS[algorithm.name]
    _changed()


def sampling_algorithm_of(properties: Mapping[str, Any]) -> SamplingAlgorithm:
    """The algorithm of a checked sweep.

    Parameters:
        properties: of its ARM body.

    Raises:
        KeyError: the body names none that is registered.
    """
    return SAMPLING_ALGORITHMS[properties["samplingAlgorithm"]["samplingAlgorithmType"]]


def _changed() -> None:
    # The models of policies and of algorithms are parts of one model, which is built anew for either.
    for notify in ON_CHANGE:
        notify()


RANDOM = register(
    SamplingAlgorithm(
        "Random",
        "random",
        later("contracts.arm.sweep_algorithms:RandomSamplingAlgorithm"),
        later("contracts.rules.sampling:check_random"),
        tag="RANDOM",
        defaults={"rule": "Random", "logbase": None, "seed": None},
    )
)
GRID = register(
    SamplingAlgorithm(
        "Grid",
        "grid",
        later("contracts.arm.sweep_algorithms:GridSamplingAlgorithm"),
        later("contracts.rules.sampling:check_grid"),
        tag="GRID",
        by_chance=False,
    )
)
BAYESIAN = register(
    SamplingAlgorithm(
        "Bayesian",
        "bayesian",
        later("contracts.arm.sweep_algorithms:BayesianSamplingAlgorithm"),
        later("contracts.rules.sampling:check_bayesian"),
        tag="BAYESIANOPTIMIZATION",
        learns=True,
    )
)
