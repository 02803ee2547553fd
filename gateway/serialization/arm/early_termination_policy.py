"""Early termination policies: the fields in camelCase, and the class as `policyType`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from gateway.entities.early_termination_policy import POLICIES, EarlyTerminationPolicy
from gateway.serialization.arm.plain import camel, present

_WIRE_NAMES = {cls.kind: cls.__name__.removesuffix("Policy") for cls in POLICIES.values()}
_CLASSES: Mapping[str, Callable[[], EarlyTerminationPolicy]] = {
    _WIRE_NAMES[kind]: cls for kind, cls in POLICIES.items()
}
#: The fields of each policy by their names on the wire, in the order in which they travel.
_FIELDS = {
    kind: {camel(name): name for name in vars(_CLASSES[wire]()) if name != "type"} for kind, wire in _WIRE_NAMES.items()
}


def policy_to_arm(policy: str | EarlyTerminationPolicy | None) -> dict[str, Any] | None:
    """The policy as it travels; zeros stay, what is None is left out."""
    if policy is None or isinstance(policy, str):
        return None
    fields = {wire: getattr(policy, name) for wire, name in _FIELDS[policy.kind].items()}
    fields["policyType"] = _WIRE_NAMES[policy.kind]
    return present(fields)


def policy_from_arm(body: Mapping[str, Any] | None) -> EarlyTerminationPolicy | None:
    """The policy of a body; None for one that is not known."""
    cls = _CLASSES.get(body.get("policyType", "")) if body else None
    if not body or not cls:
        return None
    policy = cls()
    for wire, name in _FIELDS[policy.kind].items():
        setattr(policy, name, body.get(wire))
    return policy
