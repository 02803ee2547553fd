"""The tags of a new sweep."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Literal

import pytest

from contracts import termination_policies
from contracts.arm.base import ArmModel
from contracts.termination_policies import TerminationPolicy
from emulator.engine import termination
from emulator.engine.settings import EngineSettings
from emulator.engine.termination import threshold_text
from emulator.engine.termination.base import NoTermination
from emulator.runner.sweep_labels import sweep_tags
from tests.emulator.runner.conftest import WORKSPACE


class PatiencePolicy(ArmModel):
    policy_type: Literal["Patience"] = "Patience"


@pytest.fixture
def patience() -> Iterator[None]:
    kind = termination_policies.register(
        TerminationPolicy("Patience", "patience", lambda: PatiencePolicy, tagged={"restarts": 0})
    )
    termination.register(kind, lambda given, plan: NoTermination(), threshold="the patience of {population} trials")
    yield
    termination.unregister(kind)
    termination_policies.unregister(kind)


def policy_tag(policy: dict[str, object]) -> object:
    body = {
        "samplingAlgorithm": {"samplingAlgorithmType": "Grid"},
        "searchSpace": {"x": ["choice", [[1, 2]]]},
        "objective": {"goal": "Maximize", "primaryMetric": "m"},
        "trial": {"command": "true", "environmentId": "e:1"},
        "earlyTermination": policy,
    }
    tags = sweep_tags("s", body, WORKSPACE, "Default", EngineSettings(), "https://127.0.0.1:1")
    return json.loads(tags["_aml_system_policy_config"])


def test_a_recorded_policy_is_tagged_with_what_only_the_service_adds() -> None:
    policy = {"policyType": "TruncationSelection", "truncationPercentage": 20}
    properties = {"truncation_percentage": 20, "exclude_finished_jobs": False}
    assert policy_tag(policy) == {"name": "TruncationSelection", "properties": properties}


def test_a_policy_is_tagged_with_the_members_of_its_model_and_no_others() -> None:
    policy = {"policyType": "Bandit", "slackFactor": 0.1, "slackFacto": 0.2, "delayEvaluation": 5, "slackAmount": None}
    assert policy_tag(policy) == {"name": "Bandit", "properties": {"delay_evaluation": 5, "slack_factor": 0.1}}


@pytest.mark.usefixtures("patience")
def test_a_registered_policy_is_tagged_and_explained_by_its_registration() -> None:
    policy = {"policyType": "Patience", "delayEvaluation": 2}
    assert policy_tag(policy) == {"name": "Patience", "properties": {"delay_evaluation": 2, "restarts": 0}}
    assert threshold_text("Patience").format(population=3) == "the patience of 3 trials"
