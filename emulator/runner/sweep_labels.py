"""The tags and properties that the service writes on a sweep job when it is made.

Source: the recorded sweep (azure-sdk-assets); names and JSON texts as there. The platform configuration is elided in
the recording: its keys are those that old logs show.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

import orjson

from contracts.duration import parse_duration
from contracts.resource_id import WorkspaceId, short_name
from contracts.rules.sound import members_of
from contracts.sampling_algorithms import sampling_algorithm_of
from contracts.termination_policies import TERMINATION_POLICIES
from contracts.version import __version__
from emulator.engine.settings import EngineSettings
from emulator.runner.platform_config import platform_config, snapshot_guid

#: What every policy has; in the tag it comes first, whatever the order of the body. Source: recorded.
_PACE = ("evaluationInterval", "delayEvaluation")
_CAPITAL = re.compile("([A-Z])")


def sweep_tags(
    name: str, body: Mapping[str, Any], workspace: WorkspaceId, experiment: str, settings: EngineSettings, origin: str
) -> dict[str, str]:
    """The tags named `_aml_system_...` of a new sweep.

    Parameters:
        name: of the sweep.
        body: `properties` of its ARM body, already checked.
        experiment: name of its experiment.
        settings: say what absent limits mean.
        origin: of the data plane.
    """
    limits = body.get("limits") or {}
    total = limits.get("maxTotalTrials") or settings.max_total_trials
    timeout = parse_duration(limits["timeout"]) if limits.get("timeout") else settings.timeout
    return {
        "_aml_system_max_concurrent_jobs": str(limits.get("maxConcurrentTrials") or total),
        "_aml_system_max_total_jobs": str(total),
        "_aml_system_max_duration_minutes": str(math.ceil(timeout / 60)),
        "_aml_system_policy_config": _text(_policy(body.get("earlyTermination"))),
        "_aml_system_generator_config": _text(_generator(body)),
        "_aml_system_primary_metric_config": _primary_metric(body),
        "_aml_system_platform_config": _text(platform_config(name, body, workspace, experiment, origin)),
        "_aml_system_resume_child_runs": "null",
        "_aml_system_all_jobs_generated": "false",
        "_aml_system_cancellation_requested": "false",
        "_aml_system_samples_generated_count": "0",
    }


def sweep_properties(body: Mapping[str, Any], seed: int) -> dict[str, str]:
    """The properties of a new sweep, those of its body aside.

    Parameters:
        body: `properties` of the sweep's ARM body.
        seed: of the sampling; told under a name of the emulator's own where the body has none.
    """
    is_seeded = not sampling_algorithm_of(body).by_chance or body["samplingAlgorithm"].get("seed") is not None
    return {
        "primary_metric_config": _primary_metric(body),
        "resume_from": "null",
        "runTemplate": "HyperDrive",
        "azureml.runsource": "hyperdrive",
        "platform": "AML",
        **snapshot(body["trial"].get("codeId")),
        "user_agent": f"amlet/{__version__}",
        **({} if is_seeded else {"amlet.seed": str(seed)}),
    }


def command_properties(body: Mapping[str, Any]) -> dict[str, str]:
    """The properties of a new command job, those of its body aside. Source: recorded.

    Parameters:
        body: `properties` of its ARM body.
    """
    cluster = short_name(body.get("computeId") or "").rpartition("/")[2]
    target = {} if is_local(body) else {"_azureml.ComputeTargetType": "amlctrain"}
    return {**snapshot(body.get("codeId")), **target, **({"_azureml.ClusterName": cluster} if cluster else {})}


def is_local(body: Mapping[str, Any]) -> bool:
    """Whether a command is meant for the machine of its client (`compute: local`)."""
    properties = (body.get("resources") or {}).get("properties") or {}
    return bool((properties.get("IsLocal") or {}).get("IsLocal"))


def snapshot(code: str | None) -> dict[str, str]:
    """The property that names a job's code by a guid; none for a job without code."""
    return {"ContentSnapshotId": snapshot_guid(code)} if code else {}


def _primary_metric(body: Mapping[str, Any]) -> str:
    objective = body["objective"]
    return _text({"name": objective["primaryMetric"], "goal": objective["goal"].lower()})


def _policy(policy: Mapping[str, Any] | None) -> dict[str, Any]:
    if policy is None:
        return {"name": "Default", "properties": {}}
    kind = TERMINATION_POLICIES[policy["policyType"]]
    known = (members_of(f"{kind.name}Policy", kind.model) or frozenset()) - {"policyType", *_PACE}
    own = [key for key in policy if key in known]
    named = {_snake(key): policy[key] for key in (*_PACE, *own) if policy.get(key) is not None}
    return {"name": kind.name, "properties": {**named, **kind.tagged}}


def _snake(key: str) -> str:
    return _CAPITAL.sub(r"_\1", key).lower()


def _generator(body: Mapping[str, Any]) -> dict[str, Any]:
    kind = sampling_algorithm_of(body)
    document = {"name": kind.tag, "parameter_space": body["searchSpace"]}
    members = kind.members(body["samplingAlgorithm"])
    return {**document, "properties": members} if members else document


def _text(document: Any) -> str:
    return orjson.dumps(document).decode()
