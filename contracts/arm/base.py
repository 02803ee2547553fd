"""What all ARM models share: camelCase on the wire, unknown keys kept, explicit nulls allowed.

A module of its own, however small: every module of models imports it, and it may import none of them.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class ArmModel(BaseModel):
    """A body, or a part of one, as it travels.

    Reading is lenient: newer api-versions add keys, and the service answers `null` where a request leaves a key out.
    What is refused is decided by `contracts.rules`, not here.
    """

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="allow", defer_build=True)

    def to_wire(self) -> dict[str, Any]:
        """The JSON object with the keys that were given, and no others."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True)
