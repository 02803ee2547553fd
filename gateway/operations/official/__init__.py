"""Entities of azure-ai-ml that are handed to the gateway."""
