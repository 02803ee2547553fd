"""What is called sound is what the models accept, and ordinary jobs are checked without the models."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.arm.base import ArmModel
from contracts.arm.jobs import JobResource
from contracts.rules import sound
from contracts.rules.finding import Finding, Node
from contracts.rules.models import check_by_models
from contracts.rules.sound import is_sound

_SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3) | st.just("\ud800")
_SMALL = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner, max_size=2)
)
_COMPONENT: dict[str, Any] = {
    "command": "t",
    "environmentId": "e:1",
    "codeId": "c",
    "environmentVariables": {"A": "1", "B": None, "C": True, "D": 4, "E": 1.5},
    "distribution": {"distributionType": "TensorFlow", "workerCount": 2, "parameterServerCount": None},
    "resources": {"instanceCount": 1, "properties": {"k": {"a": [1]}}, "locations": ["l"], "shmSize": "2g"},
}
_COMMON: dict[str, Any] = {
    "displayName": "d",
    "isArchived": False,
    "tags": {"é": "1"},
    "properties": {},
    "identity": {"identityType": "Managed", "clientId": "c"},
    "inputs": {
        "n": {"jobInputType": "literal", "value": "3"},
        "d": {"jobInputType": "uri_folder", "uri": "azureml:d:1", "mode": "Download"},
    },
    "outputs": {"o": {"jobOutputType": "uri_file", "assetName": "n"}},
    "queueSettings": {"jobTier": "Standard", "priority": 2},
}
BODIES: dict[str, dict[str, Any]] = {
    "Command": {
        "jobType": "Command", **_COMMON, **_COMPONENT,
        "limits": {"jobLimitsType": "Command", "timeout": "PT10M"},
    },
    "Sweep": {
        "jobType": "Sweep", **_COMMON,
        "searchSpace": {"lr": ["quniform", [1, 2, 1]], "n": ["choice", [[{"g": ["normal", [0, 1]]}, 3]]]},
        "samplingAlgorithm": {"samplingAlgorithmType": "Random", "rule": "sobol", "seed": 1, "logbase": 2},
        "objective": {"goal": "minimize", "primaryMetric": "loss"},
        "trial": _COMPONENT,
        "limits": {"jobLimitsType": "Sweep", "maxTotalTrials": 3, "trialTimeout": "PT5M"},
        "earlyTermination": {"policyType": "Bandit", "slackFactor": 0.1, "delayEvaluation": 1},
    },
}  # fmt: skip


_ODD = {"jobOutputType": []}


def _findings(properties: Any) -> list[Finding]:
    found: list[Finding] = []
    check_by_models(Node({"properties": properties}, "$", found))
    return found


def _parents(value: Any) -> list[Any]:
    """All objects and arrays of a document that are not empty."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [
        *([value] if isinstance(value, dict | list) and value else []),
        *(p for part in inner for p in _parents(part)),
    ]


def _models(base: type[ArmModel]) -> set[type[ArmModel]]:
    """All models below one that are defined beside it, and not in a test or at run time."""
    below = {model for model in base.__subclasses__() if model.__module__.startswith("contracts.arm.")}
    return below.union(*map(_models, below))


def test_the_checks_have_the_fields_of_the_models_and_require_the_same() -> None:
    read = sound._models()
    models = {model.__name__: model for model in _models(ArmModel) if model is not JobResource}
    assert len(models) > 20
    for name, model in models.items():
        fields = {field.alias or key: field for key, field in model.model_fields.items()}
        derived = read._object(name)
        assert derived.fields.keys() == fields.keys(), name
        assert derived.required == {key for key, field in fields.items() if field.is_required()}, name


@pytest.mark.parametrize("kind", BODIES)
def test_a_body_with_every_known_part_is_vouched_for(kind: str) -> None:
    assert is_sound(BODIES[kind])
    assert _findings(BODIES[kind]) == []


@given(data=st.data(), kind=st.sampled_from(sorted(BODIES)))
def test_the_models_agree_with_all_that_is_vouched_for(data: st.DataObject, kind: str) -> None:
    body = json.loads(json.dumps(BODIES[kind]))
    for _ in range(data.draw(st.integers(1, 2))):
        parent = data.draw(st.sampled_from(_parents(body)))
        keys = [*parent, "displayNam", "new"] if isinstance(parent, dict) else range(len(parent))
        key = data.draw(st.sampled_from(keys))
        if isinstance(parent, dict) and key in parent and data.draw(st.booleans()):
            del parent[key]
        else:
            parent[key] = data.draw(_SMALL)
    if is_sound(body):
        assert _findings(body) == []


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {},
        {"jobType": []},
        {"jobType": "Spark"},
        {"jobType": "Command", "outputs": {"o": {"jobOutputType": []}}},
    ],
)
def test_what_is_not_a_job_is_not_vouched_for(body: Any) -> None:
    assert not is_sound(body)


def test_checking_an_ordinary_job_loads_no_models() -> None:
    code = (
        "import json, sys\nfrom contracts.rules import check_job\n"
        "found = check_job({'properties': json.loads(sys.argv[1])})\n"
        "assert not [finding for finding in found if finding.severity == 'error'], found\n"
        "assert 'pydantic' not in sys.modules"
    )
    root = Path(__file__).parents[3]
    for body in BODIES.values():
        subprocess.run([sys.executable, "-c", code, json.dumps(body)], check=True, cwd=root)
