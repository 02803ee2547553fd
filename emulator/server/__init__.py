"""The process of an emulator: listeners, TLS, its state lock, its record, an orderly end."""
