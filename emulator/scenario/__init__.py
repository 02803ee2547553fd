"""Scripted worlds for tests: which requests go wrong, and what trials do."""
