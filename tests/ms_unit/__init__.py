"""Microsoft's unit tests of azure-ai-ml, run against `gateway` under its name; nothing of theirs is kept here."""
