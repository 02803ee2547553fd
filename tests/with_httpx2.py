"""httpx2, the maintained continuation of httpx, in its place: `scripts/test -p tests.with_httpx2 tests/gateway`."""

from __future__ import annotations

import sys

import httpx2

loaded = [name for name in ("httpx", "httpcore") if name in sys.modules]
if loaded:
    raise ImportError(f"{' and '.join(loaded)} came before tests.with_httpx2; load this plugin first, with -p")
httpx2.alias_httpx()


def pytest_report_header() -> str:
    """Say what is tested."""
    import httpx

    return f"httpx is {httpx.__name__} {httpx.__version__}"
