"""Routes and wire formats, without logic: control plane, data plane, identity, and the emulator's own controls."""
