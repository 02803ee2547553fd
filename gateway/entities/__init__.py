"""The entities of jobs, as `azure.ai.ml.entities` has them; each is imported on first use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway._lazy import lazy_exports

if TYPE_CHECKING:
    from gateway.builders.command import Command as Command
    from gateway.builders.sweep import Sweep as Sweep
    from gateway.entities.asset import Asset as Asset
    from gateway.entities.base_job import BaseJob as BaseJob
    from gateway.entities.command_component import CommandComponent as CommandComponent
    from gateway.entities.command_job import CommandJob as CommandJob
    from gateway.entities.data import Data as Data
    from gateway.entities.distribution import DistributionConfiguration as DistributionConfiguration
    from gateway.entities.distribution import MpiDistribution as MpiDistribution
    from gateway.entities.distribution import PyTorchDistribution as PyTorchDistribution
    from gateway.entities.distribution import RayDistribution as RayDistribution
    from gateway.entities.distribution import TensorFlowDistribution as TensorFlowDistribution
    from gateway.entities.environment import BuildContext as BuildContext
    from gateway.entities.environment import Environment as Environment
    from gateway.entities.identity import AmlTokenConfiguration as AmlTokenConfiguration
    from gateway.entities.identity import ManagedIdentityConfiguration as ManagedIdentityConfiguration
    from gateway.entities.identity import UserIdentityConfiguration as UserIdentityConfiguration
    from gateway.entities.input import Input as Input
    from gateway.entities.job import Job as Job
    from gateway.entities.job_limits import CommandJobLimits as CommandJobLimits
    from gateway.entities.job_limits import SweepJobLimits as SweepJobLimits
    from gateway.entities.job_resource_configuration import JobResourceConfiguration as JobResourceConfiguration
    from gateway.entities.job_resource_configuration import ResourceConfiguration as ResourceConfiguration
    from gateway.entities.job_service import JobService as JobService
    from gateway.entities.job_service import JupyterLabJobService as JupyterLabJobService
    from gateway.entities.job_service import SshJobService as SshJobService
    from gateway.entities.job_service import TensorBoardJobService as TensorBoardJobService
    from gateway.entities.job_service import VsCodeJobService as VsCodeJobService
    from gateway.entities.output import Output as Output
    from gateway.entities.parameterized_command import ParameterizedCommand as ParameterizedCommand
    from gateway.entities.queue_settings import QueueSettings as QueueSettings
    from gateway.entities.resource import Resource as Resource
    from gateway.entities.sweep_job import SweepJob as SweepJob
    from gateway.entities.system_data import SystemData as SystemData

_MODULES = {
    "gateway.builders.command": "Command",
    "gateway.builders.sweep": "Sweep",
    "gateway.entities.asset": "Asset",
    "gateway.entities.base_job": "BaseJob",
    "gateway.entities.command_component": "CommandComponent",
    "gateway.entities.command_job": "CommandJob",
    "gateway.entities.data": "Data",
    "gateway.entities.distribution": "DistributionConfiguration MpiDistribution PyTorchDistribution RayDistribution "
    "TensorFlowDistribution",
    "gateway.entities.environment": "BuildContext Environment",
    "gateway.entities.identity": "AmlTokenConfiguration ManagedIdentityConfiguration UserIdentityConfiguration",
    "gateway.entities.input": "Input",
    "gateway.entities.job": "Job",
    "gateway.entities.job_limits": "CommandJobLimits SweepJobLimits",
    "gateway.entities.job_resource_configuration": "JobResourceConfiguration ResourceConfiguration",
    "gateway.entities.job_service": "JobService JupyterLabJobService SshJobService TensorBoardJobService "
    "VsCodeJobService",
    "gateway.entities.output": "Output",
    "gateway.entities.parameterized_command": "ParameterizedCommand",
    "gateway.entities.queue_settings": "QueueSettings",
    "gateway.entities.resource": "Resource",
    "gateway.entities.sweep_job": "SweepJob",
    "gateway.entities.system_data": "SystemData",
}

__getattr__, __dir__ = lazy_exports(__name__, _MODULES)
__all__ = __dir__()
