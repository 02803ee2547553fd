"""Entity <-> ARM body, both ways: pure functions, one file per noun."""

from __future__ import annotations

from gateway.serialization.arm.job import from_arm, to_arm, to_arm_json

__all__ = ["from_arm", "to_arm", "to_arm_json"]
