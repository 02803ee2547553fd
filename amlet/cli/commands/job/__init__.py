"""Submit, follow, manage and download jobs."""
