"""`distribution` of a command."""

from __future__ import annotations

from gateway.entities.distribution import MpiDistribution, PyTorchDistribution, RayDistribution, TensorFlowDistribution
from gateway.serialization.yaml.fields import BOOLEAN, INTEGER, TEXT
from gateway.serialization.yaml.noun import Noun, Typed

DISTRIBUTION = Typed(
    {
        "pytorch": Noun(PyTorchDistribution, {"process_count_per_instance": INTEGER}),
        "tensorflow": Noun(TensorFlowDistribution, {"parameter_server_count": INTEGER, "worker_count": INTEGER}),
        "mpi": Noun(MpiDistribution, {"process_count_per_instance": INTEGER}),
        "ray": Noun(
            RayDistribution,
            {
                "port": INTEGER,
                "address": TEXT,
                "include_dashboard": BOOLEAN,
                "dashboard_port": INTEGER,
                "head_node_additional_args": TEXT,
                "worker_node_additional_args": TEXT,
            },
        ),
    }
)
