"""What makes stored jobs happen: the conductor, and all that a trial needs around its command."""
