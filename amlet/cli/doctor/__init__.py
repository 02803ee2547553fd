"""What `amlet doctor` checks: the machine, and a job on it."""
