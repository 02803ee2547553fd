"""Data assets."""

from __future__ import annotations

from gateway.entities.data import Data
from gateway.serialization.yaml.asset import ASSET, SERVED
from gateway.serialization.yaml.fields import TEXT, enum
from gateway.serialization.yaml.noun import Noun

DATA = Noun(
    Data,
    {**ASSET, "path": TEXT, "type": enum("uri_file", "uri_folder", "mltable", fold=str), "datastore": TEXT},
    required=["path"],
    ignored=[*SERVED, "properties"],
    located=True,
)
