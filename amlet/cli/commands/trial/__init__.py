"""Run one trial in this terminal."""
