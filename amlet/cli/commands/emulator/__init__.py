"""Start, stop, look at and control the local emulator."""
