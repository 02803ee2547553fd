"""List workspaces, and show the configured one."""
