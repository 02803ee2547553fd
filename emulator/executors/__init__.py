"""Where a trial runs: as a process or in simulated time, behind one small interface (`base`)."""
