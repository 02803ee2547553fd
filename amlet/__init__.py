"""The application: the one package that sees both sides, the gateway and the emulator."""
