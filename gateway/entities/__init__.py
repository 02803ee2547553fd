"""The entities of jobs, as `azure.ai.ml.entities` has them; each is imported on first use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway._lazy import lazy_exports

if TYPE_CHECKING:
    from gateway.builders.command import Command as Command
    from gateway.builders.sweep import Sweep as Sweep
    from gateway.entities.assets import Asset as Asset
    from gateway.entities.assets import Data as Data
    from gateway.entities.command_component import CommandComponent as CommandComponent
    from gateway.entities.command_job import CommandJob as CommandJob
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
    from gateway.entities.job import BaseJob as BaseJob
    from gateway.entities.job import Job as Job
    from gateway.entities.job_io import Input as Input
    from gateway.entities.job_io import Output as Output
    from gateway.entities.job_service import JobService as JobService
    from gateway.entities.job_service import JupyterLabJobService as JupyterLabJobService
    from gateway.entities.job_service import SshJobService as SshJobService
    from gateway.entities.job_service import TensorBoardJobService as TensorBoardJobService
    from gateway.entities.job_service import VsCodeJobService as VsCodeJobService
    from gateway.entities.job_settings import CommandJobLimits as CommandJobLimits
    from gateway.entities.job_settings import JobResourceConfiguration as JobResourceConfiguration
    from gateway.entities.job_settings import QueueSettings as QueueSettings
    from gateway.entities.job_settings import ResourceConfiguration as ResourceConfiguration
    from gateway.entities.job_settings import SweepJobLimits as SweepJobLimits
    from gateway.entities.parameterized_command import ParameterizedCommand as ParameterizedCommand
    from gateway.entities.resource import Resource as Resource
    from gateway.entities.resource import SystemData as SystemData
    from gateway.entities.sweep_job import SweepJob as SweepJob

_MODULES = {
    "gateway.builders.command": "Command",
    "gateway.builders.sweep": "Sweep",
    "gateway.entities.assets": "Asset Data",
    "gateway.entities.command_component": "CommandComponent",
    "gateway.entities.command_job": "CommandJob",
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
    "gateway.entities.parameterized_command": "ParameterizedCommand",
    "gateway.entities.resource": "Resource SystemData",
    "gateway.entities.sweep_job": "SweepJob",
}

__getattr__, __dir__ = lazy_exports(__name__, _MODULES)
__all__ = __dir__()
