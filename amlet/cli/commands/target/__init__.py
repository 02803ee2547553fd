"""Choose the default target: the emulator or a workspace."""
