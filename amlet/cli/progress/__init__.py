"""How a job that is followed is shown."""
