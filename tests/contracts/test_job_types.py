"""The registry of job types."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from contracts.arm.jobs import CommandJob, SweepJob
from contracts.arm.pipelines import PipelineJob
from contracts.job_types import (
    COMMAND,
    JOB_TYPES,
    PIPELINE,
    SWEEP,
    JobType,
    RefusedJobType,
    register,
    served_type,
    served_types,
    served_yaml_type,
    type_of,
)


def test_sweep_command_and_pipeline_jobs_are_served_with_their_models() -> None:
    assert served_types() == (SWEEP, COMMAND, PIPELINE)
    assert PIPELINE.model is not None
    assert PIPELINE.model() is PipelineJob
    assert SWEEP.model is not None
    assert SWEEP.model() is SweepJob
    assert COMMAND.model is not None
    assert COMMAND.model() is CommandJob
    assert served_type("Sweep") is served_yaml_type("sweep") is SWEEP


def test_a_refused_type_says_what_to_do_instead() -> None:
    with pytest.raises(RefusedJobType) as refused:
        served_type("Spark")
    assert str(refused.value) == (
        "Jobs of type Spark are not served here: amlet runs sweep and command and pipeline jobs; "
        "start Spark from the command of a command job."
    )
    with pytest.raises(RefusedJobType, match=r"Jobs of type data_transfer are not served here.*copy the data"):
        served_yaml_type("data_transfer")


def test_an_unknown_type_is_refused_by_its_name() -> None:
    with pytest.raises(RefusedJobType, match="Jobs of type Quantum are not served here: amlet runs sweep and command"):
        served_type("Quantum")


def test_every_official_discriminator_is_registered(corpus: Path) -> None:
    for file in sorted((corpus / "openapi").glob("machinelearning_*.json")):
        definitions = json.loads(file.read_bytes())["definitions"]
        names = definitions["JobBaseProperties"]["discriminator"]["mapping"].keys()
        assert names <= JOB_TYPES.keys(), file.name


@pytest.mark.parametrize("body", [None, [], {}, {"jobType": 3}, {"jobType": ["Sweep"]}, {"jobType": "Quantum"}])
def test_what_names_no_type_has_none(body: object) -> None:
    assert type_of(body) is None


def test_a_name_is_registered_once() -> None:
    with pytest.raises(ValueError, match=r"the job type Sweep .* is registered already"):
        register(JobType("Another", "sweep"))
    assert "Another" not in JOB_TYPES


def test_names_are_known_without_pydantic() -> None:
    told = "import sys, contracts.job_types; print('pydantic' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "False\n"
