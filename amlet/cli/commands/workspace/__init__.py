"""Show the configured workspace."""
