"""The server: an Azure Machine Learning workspace that really runs jobs, on this machine.

PYTEST_DONT_REWRITE: pytest would warn of this package in a program that imports it and then calls `pytest.main`.
"""

from __future__ import annotations

import os
from importlib.util import find_spec

# `contracts` is a common name: another package of that name may come first on the path.
_ours = os.path.join(os.path.dirname(os.path.dirname(os.path.realpath(__file__))), "contracts", "__init__.py")
_found = find_spec("contracts")
if _found is None or os.path.realpath(_found.origin or "") != _ours:
    raise ImportError(
        f"{__name__} needs its own package 'contracts' ({os.path.dirname(_ours)}), but Python finds another one first: "
        f"{_found and os.path.dirname(_found.origin or '')}. Rename that one, or take its folder off PYTHONPATH and "
        "out of the script's folder (`python -P script.py` leaves the script's folder out).",
        name="contracts",
    )
