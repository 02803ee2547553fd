"""Pipelines: the pure graph machine beside the sweep machine, and what makes two steps equal."""
