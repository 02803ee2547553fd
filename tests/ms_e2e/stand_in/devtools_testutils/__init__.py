"""What Microsoft's end-to-end tests import from their private package, for tests that run live and record nothing."""

from __future__ import annotations

from typing import Any


class AzureRecordedTestCase:
    """Base of the test classes; the recorder that it stands for does nothing."""


def is_live() -> bool:
    """The tests talk to a service."""
    return True


def _nothing(*_: Any, **__: Any) -> None:
    """A sanitizer or a matcher of recordings: there are none."""


add_body_key_sanitizer = _nothing
add_general_regex_sanitizer = _nothing
add_general_string_sanitizer = _nothing
add_remove_header_sanitizer = _nothing
remove_batch_sanitizers = _nothing
set_bodiless_matcher = _nothing
set_custom_default_matcher = _nothing
