"""Types of data inputs and outputs on the wire."""

from __future__ import annotations

from gateway.constants import AssetTypes

ASSET_TYPES = frozenset(value for name, value in vars(AssetTypes).items() if name.isupper())

#: How api-versions of 2022 spelled them.
_OLD_SPELLINGS = {
    "CustomModel": AssetTypes.CUSTOM_MODEL,
    "Literal": "literal",
    "MlFlowModel": AssetTypes.MLFLOW_MODEL,
    "MlTable": AssetTypes.MLTABLE,
    "TritonModel": AssetTypes.TRITON_MODEL,
    "UriFile": AssetTypes.URI_FILE,
    "UriFolder": AssetTypes.URI_FOLDER,
}


def asset_type_from_arm(name: str | None) -> str:
    """The type in today's spelling."""
    return _OLD_SPELLINGS.get(name or "", name or "")
