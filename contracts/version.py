"""The version of the distribution `amlet`: the one place that says it."""

__version__ = "0.1.0"
