"""The state of an emulator: one SQLite file, one writer, and plain functions over a connection, one file per noun."""

from __future__ import annotations

from emulator.storage.database import Database, NewerSchema, OlderSchema, StoreUnavailable, UnusableSchema
from emulator.storage.jobs import JobId

__all__ = ["Database", "JobId", "NewerSchema", "OlderSchema", "StoreUnavailable", "UnusableSchema"]
