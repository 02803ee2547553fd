"""Distributions of a command over nodes: the fields in camelCase, and the class as `distributionType`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gateway.entities.distribution import DISTRIBUTION_CONFIGURATIONS, DistributionConfiguration, RayDistribution
from gateway.exceptions import JobParsingError, unfit
from gateway.serialization.arm.plain import camel, present

_WIRE_NAMES = {cls.kind: cls.__name__.removesuffix("Distribution") for cls in DISTRIBUTION_CONFIGURATIONS.values()}


def distribution_to_arm(distribution: Any) -> dict[str, Any] | None:
    """The distribution as it travels.

    Raises:
        ValidationException: it is none.
    """
    if not distribution:
        return None
    if not isinstance(distribution, DistributionConfiguration):
        classes = ", ".join(f"{cls.__name__}(...)" for cls in DISTRIBUTION_CONFIGURATIONS.values())
        raise unfit("distribution", distribution, f"one of {classes}")
    fields = present({camel(name): value for name, value in vars(distribution).items() if name != "type"})
    kind = {"distributionType": _WIRE_NAMES[distribution.kind]}
    return kind | fields if isinstance(distribution, RayDistribution) else fields | kind


def distribution_from_arm(body: Mapping[str, Any] | None) -> DistributionConfiguration | None:
    """The distribution of a body.

    Raises:
        JobParsingError: its type is not known.
    """
    if body is None:
        return None
    name = str(body.get("distributionType")).lower()
    cls = DISTRIBUTION_CONFIGURATIONS.get(name)
    if cls is None:
        known = ", ".join(_WIRE_NAMES.values())
        raise JobParsingError(f"distribution.distributionType: {body.get('distributionType')!r} is none of {known}.")
    distribution = cls()
    for name in vars(distribution):
        if camel(name) in body:
            setattr(distribution, name, body[camel(name)])
    return distribution
