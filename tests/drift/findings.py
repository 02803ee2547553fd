"""Compares the contract with the installed azure-ai-ml: REST models, words, signatures, and what the zoo becomes."""

from __future__ import annotations

import importlib
import inspect
import json
import warnings
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from enum import Enum
from types import ModuleType
from typing import Any

from contracts.arm import inputs_outputs, jobs, resources, sweep_algorithms
from contracts.arm.base import ArmModel
from contracts.lifecycle import JobStatus
from tests.drift.zoo import ZOO
from tests.gateway.serialization.arm.descriptions import REFUSED, Made, gateway_bytes, sdk_bytes

#: The contract's models, each with the SDK's name for it.
MODELS: Mapping[str, type[ArmModel]] = {
    "SweepJob": jobs.SweepJob,
    "CommandJob": jobs.CommandJob,
    "TrialComponent": jobs.TrialComponent,
    "SweepJobLimits": jobs.SweepJobLimits,
    "CommandJobLimits": jobs.CommandJobLimits,
    "Objective": jobs.Objective,
    "RandomSamplingAlgorithm": sweep_algorithms.RandomSamplingAlgorithm,
    "GridSamplingAlgorithm": sweep_algorithms.GridSamplingAlgorithm,
    "BayesianSamplingAlgorithm": sweep_algorithms.BayesianSamplingAlgorithm,
    "BanditPolicy": sweep_algorithms.BanditPolicy,
    "MedianStoppingPolicy": sweep_algorithms.MedianStoppingPolicy,
    "TruncationSelectionPolicy": sweep_algorithms.TruncationSelectionPolicy,
    "JobResourceConfiguration": resources.JobResourceConfiguration,
    "QueueSettings": resources.QueueSettings,
    "JobService": resources.JobService,
    "UriFolderJobInput": inputs_outputs.AssetJobInput,
    "LiteralJobInput": inputs_outputs.LiteralJobInput,
    "UriFolderJobOutput": inputs_outputs.JobOutput,
    "Mpi": resources.Mpi,
    "PyTorch": resources.PyTorch,
    "TensorFlow": resources.TensorFlow,
    "AmlToken": resources.AmlToken,
    "ManagedIdentity": resources.ManagedIdentity,
    "UserIdentity": resources.UserIdentity,
}

#: The SDK's enums, each with the words that the contract knows.
WORDS: Mapping[str, frozenset[str]] = {
    "JobStatus": frozenset(map(str, JobStatus)),
    "SamplingAlgorithmType": frozenset({"Random", "Grid", "Bayesian"}),
    "RandomSamplingAlgorithmRule": frozenset({"Random", "Sobol"}),
    "EarlyTerminationPolicyType": frozenset({"Bandit", "MedianStopping", "TruncationSelection"}),
    "Goal": frozenset({"Minimize", "Maximize"}),
}


def find_drift(zoo: Mapping[str, Made] = ZOO) -> list[str]:
    """All differences, a line each, in an order that does not change.

    Parameters:
        zoo: the jobs that are serialised by both.
    """
    models = rest_models()
    return [*of_models(models), *of_words(models), *of_signatures(), *of_bodies(zoo)]


def rest_models() -> ModuleType:
    """The module of the REST models that the installed SDK makes its bodies with."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        sweep_job = importlib.import_module("azure.ai.ml.entities._job.sweep.sweep_job")
    package = str(sweep_job.RestSweepJob.__module__).rpartition(".")[0]
    return importlib.import_module(package)


def of_models(models: ModuleType) -> Iterator[str]:
    """Fields that one side has and the other has not."""
    for name, ours in MODELS.items():
        theirs = getattr(models, name, None)
        if theirs is None:
            yield f"model {name}: the SDK has none any more"
            continue
        known = {field.alias or key for key, field in ours.model_fields.items()}
        yield from _either(f"model {name}", _wire_names(theirs), known)


def of_words(models: ModuleType) -> Iterator[str]:
    """Words of enums that one side has and the other has not."""
    for name, known in WORDS.items():
        enum = getattr(models, name, None)
        if not (inspect.isclass(enum) and issubclass(enum, Enum)):
            yield f"enum {name}: the SDK has none any more"
            continue
        yield from _either(f"enum {name}", {str(member.value) for member in enum}, known)


def of_signatures() -> Iterator[str]:
    """Names of `azure.ai.ml.sweep`, and their parameters."""
    theirs, ours = importlib.import_module("azure.ai.ml.sweep"), importlib.import_module("gateway.sweep")
    for name in sorted(theirs.__all__):
        if not hasattr(ours, name):
            yield f"name {name}: the SDK has it, the gateway has not"
        elif _parameters(getattr(theirs, name)) != _parameters(getattr(ours, name)):
            sdk, gateway = (", ".join(_parameters(getattr(side, name))) for side in (theirs, ours))
            yield f"name {name}: the SDK's parameters are ({sdk}), the gateway's ({gateway})"


def of_bodies(zoo: Mapping[str, Made]) -> Iterator[str]:
    """Where the bodies of the zoo's jobs differ."""
    for name, described in zoo.items():
        sdk, gateway = _body(sdk_bytes, described), _body(gateway_bytes, described)
        yield from (f"job {name!r}: {line}" for line in _differences(sdk, gateway, "$"))


def _body(serialise: Callable[[Made], bytes], described: Made) -> Any:
    """What a job becomes: a document, or a text that says why there is none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            sent = serialise(described)
        except Exception as error:  # noqa: BLE001 - an SDK that has moved may fail in any way
            return f"{type(error).__name__}: {error}"
    return "a refusal" if sent == REFUSED else json.loads(sent)


def _either(what: str, sdk: AbstractSet[str], contract: AbstractSet[str]) -> Iterator[str]:
    yield from (f"{what}: the SDK has {one}, the contract has not" for one in sorted(sdk - contract))
    yield from (f"{what}: the contract has {one}, the SDK has not" for one in sorted(contract - sdk))


def _wire_names(model: Any) -> set[str]:
    """The wire's names of a REST model's fields, in either generation of the SDK's models."""
    if hasattr(model, "_attribute_map"):
        return {str(entry["key"]) for entry in model._attribute_map.values()}
    fields = model.__new__(model)._attr_to_rest_field
    return {str(field._rest_name) for field in fields.values()}


def _parameters(of: Any) -> list[str]:
    """Name and default of each, as `name=default`; a star before those that follow by keyword only."""
    found: list[str] = []
    for one in inspect.signature(of).parameters.values():
        if one.kind is one.KEYWORD_ONLY and "*" not in found:
            found.append("*")
        if one.kind is not one.VAR_KEYWORD:
            found.append(one.name if one.default is one.empty else f"{one.name}={one.default!r}")
    return found


def _differences(sdk: Any, gateway: Any, path: str) -> Iterator[str]:
    if isinstance(sdk, dict) and isinstance(gateway, dict):
        for key in sorted(sdk.keys() | gateway.keys()):
            yield from _differences(sdk.get(key, _ABSENT), gateway.get(key, _ABSENT), f"{path}.{key}")
    elif sdk != gateway:
        yield f"at {path} the SDK sends {_shown(sdk)}, the gateway {_shown(gateway)}"


_ABSENT = object()


def _shown(value: Any) -> str:
    return "nothing" if value is _ABSENT else json.dumps(value)
