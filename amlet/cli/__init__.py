"""The `amlet` command: with amlet/testing the only place that may import both sides."""
