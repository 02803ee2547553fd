"""A fixed zoo of jobs, described once and built by the gateway and by the official SDK alike."""

from __future__ import annotations

from collections.abc import Mapping

from tests.gateway.serialization.arm.descriptions import Made

_COMMAND = {"command": "python train.py", "environment": "azureml:env:1"}
_SPACE = {"lr": Made("Uniform", {"min_value": 0.001, "max_value": 0.1})}


def _sweep(**more: object) -> Made:
    """A small sweep with further arguments."""
    least = {
        "trial": Made("CommandJob", dict(_COMMAND)),
        "sampling_algorithm": "random",
        "search_space": _SPACE,
        "objective": Made("Objective", {"goal": "maximize", "primary_metric": "accuracy"}),
        "limits": Made("SweepJobLimits", {"max_total_trials": 4, "max_concurrent_trials": 2, "timeout": 600}),
    }
    return Made("SweepJob", {**least, **more})


def _random(**options: object) -> Made:
    return Made("RandomSamplingAlgorithm", options)


ZOO: Mapping[str, Made] = {
    "the least command": Made("CommandJob", dict(_COMMAND)),
    "a command with everything": Made(
        "CommandJob",
        {
            **_COMMAND,
            "display_name": "shown",
            "description": "why",
            "experiment_name": "exp",
            "compute": "cpu",
            "tags": {"a": "1"},
            "properties": {"b": "2"},
            "environment_variables": {"C": "3"},
            "inputs": {
                "epochs": 3,
                "rate": 0.5,
                "flag": True,
                "data": Made("Input", {"type": "uri_folder", "path": "azureml:data:1", "mode": "download"}),
            },
            "outputs": {"model": Made("Output", {"type": "mlflow_model", "mode": "rw_mount"})},
            "distribution": Made("PyTorchDistribution", {"process_count_per_instance": 2}),
            "resources": Made(
                "JobResourceConfiguration",
                {"instance_count": 2, "instance_type": "Standard_D2", "shm_size": "8g", "docker_args": "--x"},
            ),
            "limits": Made("CommandJobLimits", {"timeout": 600}),
            "identity": Made("UserIdentityConfiguration", {}),
            "queue_settings": Made("QueueSettings", {"job_tier": "spot", "priority": "low"}),
            "services": {"ssh": Made("SshJobService", {"ssh_public_keys": "key", "port": 22})},
        },
    ),
    "the least sweep": _sweep(limits=None),
    "a sweep with limits": _sweep(
        limits=Made("SweepJobLimits", {"max_total_trials": 9, "timeout": 7200, "trial_timeout": 90})
    ),
    "every distribution": _sweep(
        search_space={
            "choice": Made("Choice", {"values": [1, 0.5, "text", True]}),
            "randint": Made("Randint", {"upper": 7}),
            "uniform": Made("Uniform", {"min_value": 0, "max_value": 1}),
            "quniform": Made("QUniform", {"min_value": 0, "max_value": 10, "q": 2}),
            "loguniform": Made("LogUniform", {"min_value": -6, "max_value": -1}),
            "qloguniform": Made("QLogUniform", {"min_value": 0, "max_value": 3, "q": 1}),
            "normal": Made("Normal", {"mu": 0, "sigma": 1}),
            "qnormal": Made("QNormal", {"mu": 5, "sigma": 1, "q": 1}),
            "lognormal": Made("LogNormal", {"mu": 0, "sigma": 1}),
            "qlognormal": Made("QLogNormal", {"mu": 0, "sigma": 1, "q": 1}),
        }
    ),
    "a nested choice": _sweep(
        search_space={
            "model": Made("Choice", {"values": [{"name": "a", "c": Made("Uniform", {"min_value": 0, "max_value": 1})}]})
        }
    ),
    "random with options": _sweep(sampling_algorithm=_random(rule="sobol", seed=7, logbase="e")),
    "random with a number as base": _sweep(sampling_algorithm=_random(rule="random", logbase=2.5)),
    "grid": _sweep(
        sampling_algorithm=Made("GridSamplingAlgorithm", {}), search_space={"n": Made("Choice", {"values": [1, 2]})}
    ),
    "bayesian": _sweep(sampling_algorithm=Made("BayesianSamplingAlgorithm", {})),
    "bandit": _sweep(
        early_termination=Made("BanditPolicy", {"slack_factor": 0.1, "evaluation_interval": 2, "delay_evaluation": 5})
    ),
    "median stopping": _sweep(early_termination=Made("MedianStoppingPolicy", {"delay_evaluation": 5})),
    "truncation": _sweep(
        early_termination=Made("TruncationSelectionPolicy", {"truncation_percentage": 20, "evaluation_interval": 1})
    ),
    "a sweep with surroundings": _sweep(
        compute="cpu",
        identity=Made("ManagedIdentityConfiguration", {"client_id": "00000000-0000-0000-0000-000000000001"}),
        queue_settings=Made("QueueSettings", {"job_tier": "standard", "priority": "high"}),
        inputs={"data": Made("Input", {"type": "uri_file", "path": "https://example.com/a.csv"})},
        outputs={"out": Made("Output", {"type": "uri_folder"})},
    ),
    "distributed trials": _sweep(
        trial=Made(
            "CommandJob", {**_COMMAND, "distribution": Made("MpiDistribution", {"process_count_per_instance": 4})}
        )
    ),
}
