"""Routes of signing in: cloud metadata, token endpoints, managed identity."""
