"""Submit, follow, steer and fetch jobs."""
