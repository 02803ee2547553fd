"""What the official client has and the gateway has not: refused by name, with what to do instead."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

_OTHERWISE = "use azure-ai-ml, az ml or the portal for it"


class NotServed:
    """A part of the client that refuses by name what the official client has there, beyond the jobs that amlet runs.

    Attributes:
        _not_served: names, and what to do instead; empty for the other packages.
    """

    _not_served: ClassVar[Mapping[str, str]] = {}

    def __getattr__(self, name: str) -> Any:
        kind = type(self).__name__
        if name in self._not_served:
            remedy = self._not_served[name] or _OTHERWISE
            raise AttributeError(f"gateway's {kind} has no {name}: {remedy}", name=name, obj=self)
        raise AttributeError(f"{kind!r} object has no attribute {name!r}", name=name, obj=self)


def elsewhere(names: str) -> dict[str, str]:
    """Names, separated by spaces, for which only the other packages are left."""
    return dict.fromkeys(names.split(), "")


#: By the operations of the official client.
ASSETS = elsewhere(
    "share import_data list_materialization_status mount package prepare_for_sign download validate "
    "check_parameter_type check_non_pipeline_inputs"
)
COMPUTES = {
    **elsewhere("begin_attach begin_update list_usage list_sizes enable_sso"),
    "create_or_update": "it is begin_create_or_update(compute).result()",
}
WORKSPACES = elsewhere(
    "get_keys begin_sync_keys begin_provision_network begin_create begin_update begin_delete begin_diagnose"
)
JOBS = {"show_services": "client.jobs.get(name).services has their addresses"}
CLIENT = elsewhere(
    "online_endpoints online_deployments batch_endpoints batch_deployments deployment_templates schedules registries "
    "connections indexes serverless_endpoints marketplace_subscriptions feature_sets feature_stores "
    "feature_store_entities workspace_outbound_rules capability_hosts evaluators azure_openai_deployments"
)
