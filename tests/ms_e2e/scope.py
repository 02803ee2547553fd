"""What is out of the emulator's scope, and which failures within it are known; each with its reason."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase

#: The suites of jobs and assets, in the order of the table, which the gate runs.
SUITES = (
    "sweep_job",
    "command_job",
    "component",
    "dataset",
    "environment",
    "model",
    "code_asset",
    "datastore",
    "workspace",
    "compute",
)
#: Those of pipelines, which take minutes; they are run by name, and for the page.
PIPELINE_SUITES = ("pipeline_job", "dsl")

_REGISTRY = "registries are not emulated"
_MAKING = "workspaces are not created, changed or deleted: each is there once it is named"

_CONTROL_FLOW = "control flow is not served"
_AUTOML = "AutoML is not served"
_PARALLEL = "parallel steps are not served"
_DATA_TRANSFER = "data transfer is not served"
_SPARK = "Spark is not served"
_SINGULARITY = "the compute of a private subscription"
_FLOW = "prompt flow is not emulated"

#: Tests that cannot pass, by their names (`*` stands for any text), and why.
OUT_OF_SCOPE = {
    "*_registry*": _REGISTRY,
    "*::test_automl_component": _REGISTRY,
    "*::test_get_client_key": _REGISTRY,
    "*::test_crud_model_with_system_metadata": _REGISTRY,
    "*::test_command_job_register_output": "the service itself refuses what the client sends (recorded)",
    "*::test_command_job_with_singularity": "the compute of a private subscription is named in its assertions",
    "*::test_component_update": "the data file that it compares with is of another version",
    "*::test_load_component_from_flow*": _FLOW,
    "test_control_flow_pipeline::*": _CONTROL_FLOW,
    "test_controlflow_pipeline::*": _CONTROL_FLOW,
    "test_automl_dsl_pipeline::*": _AUTOML,
    "*automl*": _AUTOML,
    "*parallel*": _PARALLEL,
    "*data_transfer*": _DATA_TRANSFER,
    "*spark*": _SPARK,
    "*singularity*": _SINGULARITY,
    "*registry_model*": _REGISTRY,
    "*with_registries*": _REGISTRY,
    "*flow_in_dsl*": _FLOW,
    "*::test_pipeline_job_with_flow*": _FLOW,
    "*::test_flow_node_*": _FLOW,
    "*test_dsl_fl*": "federated learning is a private preview; the client has no code for it any more",
    "test_dsl_pipeline_on_registry::*": _REGISTRY,
    "*::test_pipeline_job_with_command_job*with_paths*": "a component that only Microsoft's own workspace has",
    "*_with_registries": _REGISTRY,
    "test_workspace::TestWorkspace::test_workspace_diagnosis": "a workspace cannot be diagnosed",
    "test_workspace::TestWorkspace::test_uai_*": "managed identities of Azure are needed",
    "test_workspace::*": _MAKING,
    "test_workspace_outbound_rule_operations::*": _MAKING,
}

#: Failures within scope that are still to be repaired: the name, and what is wrong.
EXPECTED: dict[str, str] = {}


def out_of_scope(name: str, failure: str = "") -> str | None:
    """Why a test cannot pass, or None when it can.

    Parameters:
        name: the test.
        failure: the first lines of its failure, which may say that a data file of the test is not at hand.
    """
    # Why it could not pass even with its data file goes before that it has none.
    if known := next((reason for pattern, reason in OUT_OF_SCOPE.items() if fnmatchcase(name, pattern)), None):
        return known
    missing = re.search(r"No such file or directory: test_configs/([\w./-]+)", failure)
    return f"its data file {missing[1]} is not at hand" if missing else None
