"""The client: the public spelling of `azure.ai.ml` for the jobs that amlet runs; each name is imported on first use.

PYTEST_DONT_REWRITE: pytest would warn of this package in a program that imports it and then calls `pytest.main`.
"""

from __future__ import annotations

import os
from importlib.util import find_spec
from typing import TYPE_CHECKING

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

from contracts.version import __version__ as __version__
from gateway._lazy import lazy_exports

if TYPE_CHECKING:
    from gateway.builders.command_func import command as command
    from gateway.client.ml_client import MLClient as MLClient
    from gateway.entities.distribution import MpiDistribution as MpiDistribution
    from gateway.entities.distribution import PyTorchDistribution as PyTorchDistribution
    from gateway.entities.distribution import RayDistribution as RayDistribution
    from gateway.entities.distribution import TensorFlowDistribution as TensorFlowDistribution
    from gateway.entities.identity import AmlTokenConfiguration as AmlTokenConfiguration
    from gateway.entities.identity import ManagedIdentityConfiguration as ManagedIdentityConfiguration
    from gateway.entities.identity import UserIdentityConfiguration as UserIdentityConfiguration
    from gateway.entities.job_io import Input as Input
    from gateway.entities.job_io import Output as Output
    from gateway.serialization.arm import from_arm as from_arm
    from gateway.serialization.arm import to_arm as to_arm
    from gateway.serialization.arm import to_arm_json as to_arm_json
    from gateway.serialization.yaml import load_component as load_component
    from gateway.serialization.yaml import load_data as load_data
    from gateway.serialization.yaml import load_datastore as load_datastore
    from gateway.serialization.yaml import load_environment as load_environment
    from gateway.serialization.yaml import load_job as load_job
    from gateway.serialization.yaml import load_model as load_model

_MODULES = {
    "gateway.builders.command_func": "command",
    "gateway.client.ml_client": "MLClient",
    "gateway.entities.distribution": "MpiDistribution PyTorchDistribution RayDistribution TensorFlowDistribution",
    "gateway.entities.identity": "AmlTokenConfiguration ManagedIdentityConfiguration UserIdentityConfiguration",
    "gateway.entities.job_io": "Input Output",
    "gateway.serialization.arm": "from_arm to_arm to_arm_json",
    "gateway.serialization.yaml": "load_component load_data load_datastore load_environment load_job load_model",
}

__getattr__, __dir__ = lazy_exports(__name__, _MODULES, "PACKAGE")
__all__ = __dir__()
