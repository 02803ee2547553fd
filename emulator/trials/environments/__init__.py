"""What a trial's command finds installed: the environment that a job names, compared, built or run in a container."""
