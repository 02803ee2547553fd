"""Api-versions: any well-formed one is served; one that is newer than all that is known gets a warning."""

from __future__ import annotations

import logging

from contracts.api_version import DEFAULT_API_VERSION, date_of
from emulator.services.refusal import Refusal

#: The newest version of Microsoft.MachineLearningServices whose definitions the answers were checked with.
NEWEST = "2025-12-01"

_log = logging.getLogger(__name__)


class ApiVersions:
    """Checks the `api-version` of requests and remembers which it has warned of."""

    def __init__(self) -> None:
        self._checked: dict[str, str | None] = {}

    def check(self, version: str | None) -> str:
        """The version, when it is well-formed.

        Raises:
            Refusal: it is missing or malformed, with ARM's codes.
        """
        if version in self._checked:
            return version
        if not version:
            raise Refusal(
                400,
                "MissingApiVersionParameter",
                "The api-version query parameter (?api-version=) is required for all requests.",
            )
        try:
            published = date_of(version)
        except ValueError:
            raise Refusal(
                400,
                "InvalidApiVersionParameter",
                f"The api-version '{version}' is invalid. Use a date such as '{NEWEST}' or '{DEFAULT_API_VERSION}'.",
            ) from None
        if len(self._checked) < 1000:
            self._checked[version] = warning = _warning(version) if published > NEWEST else None
            if warning:
                _log.warning("%s", warning)
        return version

    def warning(self, version: str) -> str | None:
        """What a caller should know about a version that was checked."""
        return self._checked.get(version)


def _warning(version: str) -> str:
    return f"api-version {version} is newer than {NEWEST}, the newest that is known here; it is served alike"
