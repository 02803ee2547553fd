"""The inputs of a job: found on this machine before its first trial starts, whatever their kind, scheme and mode."""
