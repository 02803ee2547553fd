"""Fetch the inputs of jobs to this machine."""
