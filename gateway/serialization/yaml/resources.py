"""`resources`: nodes and container settings."""

from __future__ import annotations

from gateway.entities.job_resource_configuration import JobResourceConfiguration
from gateway.serialization.yaml.fields import ANY, INTEGER, TEXT, TEXT_OR_LIST, list_of, mapping_of
from gateway.serialization.yaml.noun import Noun

RESOURCES = Noun(
    JobResourceConfiguration,
    {
        "instance_count": INTEGER,
        "instance_type": TEXT,
        "locations": list_of(TEXT),
        "max_instance_count": INTEGER,
        "shm_size": TEXT,
        "docker_args": TEXT_OR_LIST,
        "properties": mapping_of(ANY),
    },
)
