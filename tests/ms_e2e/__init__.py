"""Microsoft's own end-to-end tests of azure-ai-ml, run live against the emulator; nothing of theirs is kept here."""
