"""Start, stop, inspect and control the local emulator."""
