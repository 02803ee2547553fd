"""The application: the one package that sees both sides, the gateway and the emulator.

PYTEST_DONT_REWRITE: pytest would warn of this package in a program that imports it and then calls `pytest.main`.
"""

from __future__ import annotations

from pathlib import Path

#: The metric logger that the emulator lays on the path of trials in whose Python amlet is not installed.
TRACKING_FILE = Path(__file__).parent.parent / "gateway" / "tracking.py"
