"""Runs stored jobs: one thread that owns what runs, and recovery after a crash."""
