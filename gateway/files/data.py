"""Data assets."""

from __future__ import annotations

from gateway.entities.data import Data
from gateway.files.asset import ASSET, SERVED
from gateway.files.fields import TEXT, enum
from gateway.files.noun import Noun

DATA = Noun(
    Data,
    {**ASSET, "path": TEXT, "type": enum("uri_file", "uri_folder", "mltable", fold=str), "datastore": TEXT},
    required=["path"],
    ignored=[*SERVED, "properties"],
    located=True,
)
