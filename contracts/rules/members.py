"""Members of a body that an api-version does not have: newer ones refuse them, older ones keep or lose them.

Source: recorded at 2025-01-01-preview (`assetVersion` of an output); the members are those of the published definitions
of 2025-12-01: the models' without what previews alone have. Earlier versions keep what they do not know (inferred).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from contracts import job_types
from contracts.api_version import PREVIEW_ONLY, carries_previews, preview_only, refuses_unknown
from contracts.asset_types import DATA_TYPES, MODEL_TYPES
from contracts.job_types import JobType
from contracts.rules.finding import Node
from contracts.rules.sound import members_of
from contracts.sampling_algorithms import SAMPLING_ALGORITHMS
from contracts.termination_policies import TERMINATION_POLICIES

if TYPE_CHECKING:
    from pydantic import BaseModel


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


Place = tuple[str, ...]
Model = Callable[[], "type[BaseModel]"]

#: Members that the published definitions leave out and the service has: its answers show it (recorded).
_MORE = frozenset({"parentJobName"})


@dataclass(frozen=True, slots=True)
class ObjectType:
    """The type of an object in a body.

    Parameters:
        name: in the published definitions, which the service's refusals show.
        members: of the object.
    """

    name: str
    members: frozenset[str]


def type_at(job_type: JobType, place: Place, node: Node) -> ObjectType | None:
    """The type of an object of a job in the newer api-versions; None for one that is not looked into.

    Parameters:
        job_type: of the job.
        place: path of the object below `properties`; `*` is the name of an input or output.
        node: the object, which may say what kind it is of.
    """
    match place:
        case ():
            return _type(job_type, place, f"{job_type.name}Job", job_type.model)
        case ("trial",):
            return _type(job_type, place, "TrialComponent")
        case ("objective",):
            return _type(job_type, place, "Objective")
        case ("limits",):
            return _type(job_type, place, f"{job_type.name}JobLimits")
        case ("samplingAlgorithm",):
            algorithm = SAMPLING_ALGORITHMS.get(node["samplingAlgorithmType"].text or "")
            if algorithm is not None:
                return _type(job_type, place, f"{algorithm.name}SamplingAlgorithm", algorithm.model)
        case ("earlyTermination",):
            policy = TERMINATION_POLICIES.get(node["policyType"].text or "")
            if policy is not None:
                return _type(job_type, place, f"{policy.name}Policy", policy.model)
        case ("inputs", "*"):
            kind = node["jobInputType"].text
            if kind == "literal":
                return _type(job_type, place, "LiteralJobInput")
            return _of_asset(_type(job_type, place, "AssetJobInput"), kind, "JobInput")
        case ("outputs", "*"):
            return _of_asset(_type(job_type, place, "JobOutput"), node["jobOutputType"].text, "JobOutput")
    return None


@cache  # of some twenty arguments in all, and asked for every object of every job
def _type(job_type: JobType, place: Place, name: str, model: Model | None = None) -> ObjectType | None:
    """The type with the members that the model has and previews alone do not."""
    members = members_of(name, model)
    if members is None:
        return None
    previews = {path[-1] for path in (*job_type.preview_only, *PREVIEW_ONLY) if path[:-1] == place}
    return ObjectType(name, members - (previews - _MORE))


def _of_asset(model: ObjectType | None, kind: str | None, suffix: str) -> ObjectType | None:
    """One model serves all types of data and models; the definitions have one for each. None for an unknown type."""
    name = (DATA_TYPES | MODEL_TYPES).get(kind or "")
    return replace(model, name=f"{name}{suffix}") if model is not None and name is not None else None


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
    job_type = job_types.type_of(properties.value)
    found = list(_of_object(properties, job_type, ())) if job_type is not None and job_type.closed else []
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


def check_api_version(properties: Node, api_version: str) -> None:
    """Name the fields that the chosen api-version cannot carry. Source: `contracts.api_version`."""
    if carries_previews(api_version):
        return
    lost = "may be refused" if refuses_unknown(api_version) else "is lost"
    refused = {found.path for found in properties.findings if found.code == "UnknownMember"}
    for path in preview_only(properties.mapping):
        for node in _at(properties, path):
            if node.path in refused:
                continue
            node.warning(
                "NotInApiVersion",
                f"api-version {api_version} has no such field; it {lost}.",
                "Send the job with 2024-01-01-preview, or leave the field out.",
            )


def _of_object(node: Node, job_type: JobType, place: Place) -> Iterator[tuple[str, str, Node]]:
    known = type_at(job_type, place, node)
    if known is None:
        return
    for name, member in node:
        if name not in known.members:
            yield name, known.name, member
        elif not place and name in ("inputs", "outputs"):
            for _, one in member:
                yield from _of_object(one, job_type, (name, "*"))
        else:
            yield from _of_object(member, job_type, (*place, name))


def _at(node: Node, path: tuple[str, ...]) -> Iterator[Node]:
    if not path:
        if node.value is not None:
            yield node
        return
    for _, inner in node if path[0] == "*" else [(path[0], node[path[0]])]:
        yield from _at(inner, path[1:])
