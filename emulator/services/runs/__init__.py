"""Runs as run history and MLflow know them: found, read, logged to."""
