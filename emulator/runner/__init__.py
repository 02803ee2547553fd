"""What makes stored jobs happen: one thread that owns what runs, and recovery after a crash."""
