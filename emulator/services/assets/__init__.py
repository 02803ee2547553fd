"""Versioned assets and their containers: register, read, list, change."""
