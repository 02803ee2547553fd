"""Which of the unit tests cannot pass against gateway, each with its reason."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase

from tests.ms_e2e.run import Result

#: The suites, in the order of the table.
SUITES = ("dsl", "pipeline_job")

_CONTROL_FLOW = "control flow is not served"
_PREVIEW = "a private preview feature of the official client"
_SPELLING = "gateway's message says the same in other words"
_FILES = "files that gateway writes spell the same pipeline otherwise"
_ATTRIBUTES = "gateway's steps do not take attributes of any name"
_PRIVATE = "looks at a private attribute of the official client"

#: By their names (`*` stands for any text).
OUT_OF_SCOPE = {
    "test_controlflow_pipeline*": _CONTROL_FLOW,
    "test_private_preview_disabled*": _PREVIEW,
    "*test_private_preview_disabled": _PREVIEW,
    "test_dsl_fl::*": _PREVIEW,
    "test_mldesigner_imports::*": "names of the package mldesigner, which imports private parts of the official client",
    "*::test_pipeline_with_variable_inputs": _PREVIEW,
    "*::test_pipeline_with_dumplicate_variable_inputs": _PREVIEW,
    "*::test_pipeline_with_output_binding_in_dynamic_args": _PREVIEW,
    "*singularity*": "the compute of a private subscription",
    "*::test_component_attr_dict": _ATTRIBUTES,
    "*::test_dsl_pipeline_with_settings_and_overrides": _ATTRIBUTES,
    "*::test_node_unknown_property_setting": _ATTRIBUTES,
    "*::test_node_required_field_missing": _ATTRIBUTES,
    "*::test_command_function": _PRIVATE,
    "*::test_no_deterministic_command_function": _PRIVATE,
    "*::test_create_nested_group": _PRIVATE,
    "*::test_load_component_reuse": _PRIVATE,
    "*::test_pipeline_str": _PRIVATE,
    "*::test_pipeline_output_settings_copy": "declared outputs have no path in gateway",
    "*::test_required_component_inputs_missing": "gateway validates the command of a step as a job of its own",
    "*::test_command_hash": "gateway's steps have no hash: equal ones may become unequal",
    "*::test_invalid_command_params": _SPELLING,
    "*::test_distribution_from_dict": "an unknown type of a distribution is refused",
    "*::test_dsl_pipeline_with_sweep_distributed_component_*": "unknown fields of a distribution are refused",
    "*::test_command_services_nodes": _SPELLING,
    "*::test_unsupported_positional_args": _SPELLING,
    "*::test_pipeline_with_comma_after_pipeline_input_brackets": _SPELLING,
    "*::test_pipeline_with_invalid_non_pipeline_inputs": _SPELLING,
    "*::test_register_output_with*name_sdk": "gateway reports it as a finding, or when the body is made",
    "*::test_pipeline_node_default_output": _SPELLING,
    "*::test_dsl_pipeline_distribution_as_command_inputs": "gateway refuses a distribution that no sweep draws",
    "*::test_pipeline_job_error_when_nested_component_has_no_concrete_type": _SPELLING,
    "*::test_nested_dsl_pipeline*": _FILES,
    "*::test_pipeline_job_help_function": _FILES,
    "*::test_data_binding_expression_on_node_runsettings*": _FILES,
    "*input_string_concatenate.yml-*": "its data file is of another version",
    "*run_settings_sweep_choice.yml-*": "its data file is of another version",
    "*::test_pipeline_job_with_inline_command_job_input_binding_to_registered_component_job_output*": _PRIVATE,
}

#: By what their failures say.
_FAILURES = {
    r"No such file or directory": "its data file is not at hand",
    r"\.ya?ml:\d+: type: co": "components of that type are not served",
    r"no attribute '(_\w+)'": _PRIVATE,
    r"is_control: unknown field": _CONTROL_FLOW,
}
_SKIPS = {
    r"uses the data file": "its data file is not at hand",
    r"uses (dsl\._parallel_for|dsl\._do_while|dsl\._condition|.*ParallelFor)": _CONTROL_FLOW,
    r"uses (spark|.*Spark)": "Spark is not served",
    r"uses (automl|.*automl)": "AutoML is not served",
    r"uses (data_transfer|.*[Dd]ata_?[Tt]ransfer)": "data transfer is not served",
    r"uses (parallel|.*Parallel)": "parallel steps are not served",
    r"uses MLClient": "patches private parts of the official client",
    r"uses ": "imports a private name of the official client",
}


def reason(result: Result) -> str | None:
    """Why a test cannot pass; None when it can, or when Microsoft skips it itself."""
    said = next((why for pattern, why in OUT_OF_SCOPE.items() if fnmatchcase(result.name, pattern)), None)
    if result.outcome == "passed" or (result.outcome == "failed" and said):
        return said if result.outcome == "failed" else None
    for pattern, why in (_SKIPS if result.outcome == "skipped" else _FAILURES).items():
        if re.search(pattern, result.reason):
            return why
    return None
