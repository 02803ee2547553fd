"""The environment variables of a trial.

Names as seen in real pods and read by the public clients; where the service's value has no meaning on one machine, the
nearest local one stands in its place.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from emulator.identity.cloud import cloud_variables, trust_variables
from emulator.place import Place
from emulator.storage.jobs import Job
from emulator.storage.workspaces import guid_of
from emulator.trials.environments.prepared import Prepared
from emulator.trials.inherited import Inherited


@dataclass(frozen=True, slots=True)
class TrialValues:
    """What is substituted in the command, all as text.

    Parameters:
        parameters: the sampled values; None for a job that is not a trial of a sweep.
        inputs: literals, and the paths of data.
        outputs: paths.
        data: names of the inputs that are data.
    """

    parameters: Mapping[str, str] | None
    inputs: Mapping[str, str]
    outputs: Mapping[str, str]
    data: frozenset[str]

    @property
    def by_kind(self) -> dict[str, Mapping[str, str]]:
        """The texts as `command_line` wants them."""
        return {"search_space": self.parameters or {}, "inputs": self.inputs, "outputs": self.outputs}


@dataclass(frozen=True, slots=True)
class Cloud:
    """What leads official clients in a trial to the emulator.

    Parameters:
        identity_header: the secret that opens the endpoint of managed identities.
        bundle: CA bundle with the emulator's authority; None where nothing is served over TLS.
        sign_in: folder where `az` and `azd` keep what they know of sign-ins: one of the trial's own, empty.
        identity: of the body; None where it has none.
    """

    identity_header: str
    bundle: Path | None
    sign_in: Path
    identity: Mapping[str, Any] | None = None


def trial_environment(
    inherited: Inherited,
    place: Place,
    job: Job,
    *,
    root: str,
    attempt: int,
    token: str,
    cloud: Cloud,
    prepared: Prepared,
    folder: Path,
    values: TrialValues,
    own: Mapping[str, str],
    extra: Mapping[str, str],
) -> dict[str, str]:
    """All variables of one trial; later ones win: inherited, the emulator's, named by the project file, the job's own.

    Parameters:
        inherited: of the environment that the emulator was started in.
        place: the emulator's origins.
        job: the trial, or the command job.
        root: name of its sweep; its own name when it has none.
        attempt: 1, or more when it was started again.
        token: good for this run alone.
        cloud: what stands in the place of Azure.
        prepared: its Python, and what variables its environment adds.
        folder: its working folder.
        values: its parameters, inputs and outputs.
        own: `environmentVariables` of the body.
        extra: of its executor.
    """
    base = inherited.variables
    variables = {
        **base,
        "PATH": os.pathsep.join([*prepared.path, base.get("PATH", os.defpath)]),
        **_run(place, job, root, attempt, token),
        **_tracking(place, job, token),
        **_cloud(place, cloud),
        **_values(values),
        "AZUREML_CR_EXECUTION_WORKING_DIR_PATH": str(folder),
    }
    variables.update(prepared.variables)
    if prepared.virtual_environment:
        variables["VIRTUAL_ENV"] = str(prepared.virtual_environment)
    variables.update(inherited.named)
    if prepared.python_path:
        # What amlet adds comes last: a job's own modules are found before it.
        first = own.get("PYTHONPATH", variables.get("PYTHONPATH"))
        own = {**own, "PYTHONPATH": os.pathsep.join(filter(None, [first, *map(str, prepared.python_path)]))}
    return {**variables, **own, **extra}


def _run(place: Place, job: Job, root: str, attempt: int, token: str) -> dict[str, str]:
    workspace, service = job.workspace, place.https_origin
    return {
        "AZUREML_RUN_ID": job.name,
        "AZUREML_ROOT_RUN_ID": root,
        "AZUREML_DATA_CONTAINER_ID": f"dcid.{job.name}",
        "AZUREML_EXPERIMENT_ID": job.experiment_id,
        "AZUREML_EXPERIMENT_NAME": job.experiment,
        "AZUREML_EXPERIMENT_SCOPE": f"{workspace}/experiments/{job.experiment}",
        "AZUREML_WORKSPACE_ID": guid_of(workspace),
        "AZUREML_WORKSPACE_SCOPE": str(workspace),
        "AZUREML_ARM_SUBSCRIPTION": workspace.subscription,
        "AZUREML_ARM_RESOURCEGROUP": workspace.resource_group,
        "AZUREML_ARM_WORKSPACE_NAME": workspace.name,
        "AZUREML_ARM_PROJECT_NAME": job.experiment,
        "AZUREML_SERVICE_ENDPOINT": service,
        "AZUREML_RUN_HISTORY_SERVICE_ENDPOINT": service,
        "AZUREML_DISCOVERY_SERVICE_ENDPOINT": f"{service}/discovery",
        "AZUREML_RUN_TOKEN": token,
        "AZUREML_NODE_COUNT": "1",
        "AZUREML_CR_NODE_RANK": "0",
        "AZUREML_CR_COMPUTE_CONTEXT": json.dumps({"run_attempt_count": attempt, "node_count": 1}),
    }


def _tracking(place: Place, job: Job, token: str) -> dict[str, str]:
    return {
        "MLFLOW_TRACKING_URI": f"{place.http_origin}/mlflow/v1.0{job.workspace}",
        "MLFLOW_TRACKING_TOKEN": token,
        "MLFLOW_RUN_ID": job.name,
        "MLFLOW_EXPERIMENT_ID": job.experiment_id,
        "MLFLOW_EXPERIMENT_NAME": job.experiment,
    }


def _cloud(place: Place, cloud: Cloud) -> dict[str, str]:
    """The cloud, its authority and its identities, by all the names under which official clients look for them.

    Sources: azure-identity (`IDENTITY_ENDPOINT`, `MSI_ENDPOINT`, `AZURE_TOKEN_CREDENTIALS`), azure-ai-ml
    (`OBO_ENDPOINT`, which is asked without a header, and is there for jobs that run as their user), azure-cli and azd
    (`AZURE_CONFIG_DIR`, `AZD_CONFIG_DIR`).
    """
    secret, identity = cloud.identity_header, cloud.identity or {}
    variables = {
        **cloud_variables(place.https_origin, place.http_origin, secret),
        # Of the chain of DefaultAzureCredential what a job has in Azure, without the sign-ins of a developer's machine.
        "AZURE_TOKEN_CREDENTIALS": "prod",
        "AZURE_CONFIG_DIR": str(cloud.sign_in),
        "AZD_CONFIG_DIR": str(cloud.sign_in),
    }
    endpoint = variables["IDENTITY_ENDPOINT"]
    variables |= {"MSI_ENDPOINT": endpoint, "MSI_SECRET": secret}
    if identity.get("identityType") == "UserIdentity":
        variables["OBO_ENDPOINT"] = f"{endpoint}?secret={secret}"
    if client := identity.get("clientId"):
        variables["DEFAULT_IDENTITY_CLIENT_ID"] = str(client)
    return variables | (trust_variables(str(cloud.bundle)) if cloud.bundle else {})


def _values(values: TrialValues) -> dict[str, str]:
    prefix = "AZUREML_PARAMETER_" if values.parameters is None else "AZUREML_SWEEP_"
    texts = {**values.inputs, **values.outputs, **(values.parameters or {})}
    variables = {prefix + name: text for name, text in texts.items()}
    for name in values.data:
        variables[f"AZURE_ML_INPUT_{name}"] = variables[f"AZUREML_DATAREFERENCE_{name}"] = values.inputs[name]
    variables.update({f"AZURE_ML_OUTPUT_{name}": path for name, path in values.outputs.items()})
    return variables
