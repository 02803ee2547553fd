"""Api-versions: any well-formed one is served; one that is newer than all that is known gets a warning."""

from __future__ import annotations

import logging
import re
from datetime import date

from emulator.operations.refusal import Refusal

#: The newest version of Microsoft.MachineLearningServices whose definitions the answers were checked with.
NEWEST = "2025-12-01"

_FORM = re.compile(r"(\d{4}-\d{2}-\d{2})(-(?:preview|privatepreview|alpha|beta|rc))?", re.ASCII)
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
        form = _FORM.fullmatch(version)
        if not form or not _is_date(form[1]):
            raise Refusal(
                400,
                "InvalidApiVersionParameter",
                f"The api-version '{version}' is invalid. Use a date such as '{NEWEST}' or '2024-01-01-preview'.",
            )
        if len(self._checked) < 1000:
            self._checked[version] = warning = _warning(version) if form[1] > NEWEST else None
            if warning:
                _log.warning("%s", warning)
        return version

    def warning(self, version: str) -> str | None:
        """What a caller should know about a version that was checked."""
        return self._checked.get(version)


def _warning(version: str) -> str:
    return f"api-version {version} is newer than {NEWEST}, the newest that is known here; it is served alike"


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
