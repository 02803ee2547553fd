"""`outputs` by name."""

from __future__ import annotations

from gateway.entities.output import Output
from gateway.serialization.yaml.fields import TEXT, VERSION, enum, mapping_of, optional
from gateway.serialization.yaml.noun import Noun

_OUTPUT = Noun(
    Output,
    {
        "name": TEXT,
        "version": VERSION,
        "mode": enum("mount", "upload", "rw_mount", "direct"),
        "type": enum("uri_file", "uri_folder", "custom_model", "mlflow_model", "mltable", "triton_model"),
        "path": TEXT,
    },
    ignored=["$schema"],
)
OUTPUTS = mapping_of(optional(_OUTPUT))
