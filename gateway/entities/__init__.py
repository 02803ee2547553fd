"""The entities of jobs, as `azure.ai.ml.entities` has them; each is imported on first use.

Type checkers read `__init__.pyi`; `tests/gateway/test_public_names.py` holds the two equal.
"""

from __future__ import annotations

from gateway._lazy import lazy_exports

_MODULES = {
    "gateway.builders.command": "Command",
    "gateway.builders.pipeline": "Pipeline",
    "gateway.builders.pipeline_job": "PipelineJob",
    "gateway.builders.sweep": "Sweep",
    "gateway.entities.assets": "Asset Data",
    "gateway.entities.command_component": "CommandComponent",
    "gateway.entities.command_job": "CommandJob",
    "gateway.entities.compute": "AmlCompute Compute ComputeInstance",
    "gateway.entities.datastore": "AccountKeyConfiguration AzureBlobDatastore AzureDataLakeGen2Datastore "
    "AzureFileDatastore Datastore NoneCredentialConfiguration SasTokenConfiguration",
    "gateway.entities.component": "Component",
    "gateway.entities.distribution": "DistributionConfiguration MpiDistribution "
    "PyTorchDistribution RayDistribution TensorFlowDistribution",
    "gateway.entities.environment": "BuildContext Environment",
    "gateway.entities.identity": "AmlTokenConfiguration ManagedIdentityConfiguration UserIdentityConfiguration",
    "gateway.entities.job": "BaseJob Job",
    "gateway.entities.job_io": "Input Output",
    "gateway.entities.job_service": "JobService JupyterLabJobService "
    "SshJobService TensorBoardJobService VsCodeJobService",
    "gateway.entities.job_settings": "CommandJobLimits JobResourceConfiguration "
    "QueueSettings ResourceConfiguration SweepJobLimits",
    "gateway.entities.model": "Model",
    "gateway.entities.parameterized_command": "ParameterizedCommand",
    "gateway.entities.pipeline_component": "PipelineComponent",
    "gateway.entities.pipeline_settings": "PipelineJobSettings",
    "gateway.entities.resource": "Resource SystemData",
    "gateway.entities.sweep_job": "SweepJob",
    "gateway.entities.workspace": "Workspace",
    "gateway.findings": "ValidationResult",
}

__getattr__, __dir__ = lazy_exports(__name__, _MODULES, "ENTITIES")
__all__ = __dir__()
