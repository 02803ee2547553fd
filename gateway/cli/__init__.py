"""The `amlet` command: with emulator/testing the only place that may import both sides."""
