"""The types of data and models that inputs, outputs and assets have, each with its name in the published definitions.

Source: `JobInputType`, `JobOutputType` and the definitions of each (`MLFlowModelJobInput` ...) of 2024-01-01-preview.
"""

from __future__ import annotations

#: Types of data.
DATA_TYPES = {"uri_file": "UriFile", "uri_folder": "UriFolder", "mltable": "MLTable"}

#: Types of models.
MODEL_TYPES = {
    "custom_model": "CustomModel",
    "mlflow_model": "MLFlowModel",
    "triton_model": "TritonModel",
}

#: Those that are always folders; a `custom_model` may be a file.
FOLDER_TYPES = frozenset({"uri_folder", "mltable", "mlflow_model", "triton_model"})
