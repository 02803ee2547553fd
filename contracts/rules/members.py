"""Members of a body that a newer api-version does not have, and refuses.

Source: recorded at 2025-01-01-preview (`assetVersion` of an output); the members are those of the published definitions
of 2025-12-01. Earlier versions keep what they do not know (inferred).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from contracts.api_version import refuses_unknown
from contracts.rules.finding import Node


@dataclass(frozen=True, slots=True)
class UnknownMember:
    """A member that the object's type does not have.

    Parameters:
        name: of the member.
        type: name of the object's type in the definitions.
        position: of the character behind the name, in the body as the official client writes it.
        node: where it is.
    """

    name: str
    type: str
    position: int
    node: Node

    @property
    def message(self) -> str:
        """The service's sentence; it gives the path from the object's own begin."""
        return (
            f"Could not find member '{self.name}' on object of type '{self.type}'. "
            f"Path '{self.name}', line 1, position {self.position}."
        )


_JOB = (
    "componentId computeId description displayName experimentName identity isArchived jobType notificationSetting "
    "properties services status tags parentJobName"
)
_OUTPUT = "assetName description jobOutputType mode uri"
_INPUT = "description jobInputType mode uri"

#: Members by the name of the type; a type that is not here is not looked into.
MEMBERS: Mapping[str, frozenset[str]] = {
    name: frozenset(members.split())
    for name, members in {
        "CommandJob": f"{_JOB} codeId command distribution environmentId environmentVariables inputs limits outputs "
        "parameters queueSettings resources",
        "SweepJob": f"{_JOB} earlyTermination inputs limits objective outputs queueSettings samplingAlgorithm "
        "searchSpace trial",
        "TrialComponent": "codeId command distribution environmentId environmentVariables resources",
        "CommandJobLimits": "jobLimitsType timeout",
        "SweepJobLimits": "jobLimitsType maxConcurrentTrials maxTotalTrials timeout trialTimeout",
        "Objective": "goal primaryMetric",
        "RandomSamplingAlgorithm": "rule samplingAlgorithmType seed",
        "GridSamplingAlgorithm": "samplingAlgorithmType",
        "BayesianSamplingAlgorithm": "samplingAlgorithmType",
        "BanditPolicy": "delayEvaluation evaluationInterval policyType slackAmount slackFactor",
        "MedianStoppingPolicy": "delayEvaluation evaluationInterval policyType",
        "TruncationSelectionPolicy": "delayEvaluation evaluationInterval policyType truncationPercentage",
        "LiteralJobInput": "description jobInputType value",
        **{f"{kind}JobInput": _INPUT for kind in ("UriFile", "UriFolder", "MLTable")},
        **{f"{kind}JobInput": _INPUT for kind in ("CustomModel", "MLFlowModel", "TritonModel")},
        **{f"{kind}JobOutput": _OUTPUT for kind in ("UriFile", "UriFolder", "MLTable")},
        **{f"{kind}JobOutput": _OUTPUT for kind in ("CustomModel", "MLFlowModel", "TritonModel")},
    }.items()
}
_ASSETS = {
    "uri_file": "UriFile",
    "uri_folder": "UriFolder",
    "mltable": "MLTable",
    "custom_model": "CustomModel",
    "mlflow_model": "MLFlowModel",
    "triton_model": "TritonModel",
}
_INPUTS = {"literal": "LiteralJobInput", **{kind: f"{name}JobInput" for kind, name in _ASSETS.items()}}
_OUTPUTS = {kind: f"{name}JobOutput" for kind, name in _ASSETS.items()}
_BY_MEMBER: Mapping[tuple[str, str], tuple[str, Mapping[str, str]]] = {
    ("SweepJob", "samplingAlgorithm"): (
        "samplingAlgorithmType",
        {kind: f"{kind}SamplingAlgorithm" for kind in ("Random", "Grid", "Bayesian")},
    ),
    ("SweepJob", "earlyTermination"): (
        "policyType",
        {kind: f"{kind}Policy" for kind in ("Bandit", "MedianStopping", "TruncationSelection")},
    ),
}
_PLAIN = {
    ("SweepJob", "trial"): "TrialComponent",
    ("SweepJob", "objective"): "Objective",
    ("SweepJob", "limits"): "SweepJobLimits",
    ("CommandJob", "limits"): "CommandJobLimits",
}


def unknown_members(document: Node, api_version: str) -> list[UnknownMember]:
    """The members of a job that an api-version refuses; none where it keeps what it does not know.

    `queueSettings` and `resources` are not looked into: the official client sends them members of other versions with
    2025-01-01-preview, and its own tests of these pass.

    Parameters:
        document: the whole body.
        api_version: of the request.
    """
    if not refuses_unknown(api_version):
        return []
    properties = document["properties"]
    kind = f"{properties['jobType'].text}Job"  # the service's own name of the class, which its refusals show
    found = list(_of_object(properties, kind)) if kind in MEMBERS else []
    if not found:
        return []
    text, last = json.dumps(document.value), dict.fromkeys((name for name, _, _ in found), 0)
    unknown = []
    for name, type_, node in found:
        last[name] = text.find(f'"{name}"', last[name]) + len(name) + 2
        unknown.append(UnknownMember(name, type_, last[name], node))
    return unknown


def check_members(document: Node, api_version: str) -> None:
    """Refuse members that the api-version does not have. Source: see the module."""
    for one in unknown_members(document, api_version):
        one.node.error("UnknownMember", one.message, f"Leave {one.name} out, or send the job with 2024-01-01-preview.")


def _of_object(node: Node, type_: str) -> Iterator[tuple[str, str, Node]]:
    for name, member in node:
        if name not in MEMBERS[type_]:
            yield name, type_, member
        elif name in ("inputs", "outputs"):
            types, key = (_INPUTS, "jobInputType") if name == "inputs" else (_OUTPUTS, "jobOutputType")
            for _, one in member:
                yield from _of_kind(one, key, types)
        elif (type_, name) in _BY_MEMBER:
            yield from _of_kind(member, *_BY_MEMBER[type_, name])
        elif (type_, name) in _PLAIN:
            yield from _of_object(member, _PLAIN[type_, name])


def _of_kind(node: Node, key: str, types: Mapping[str, str]) -> Iterator[tuple[str, str, Node]]:
    if inner := types.get(node[key].text or ""):
        yield from _of_object(node, inner)
