"""Planned faults: which requests go wrong, how, and whether they came."""
