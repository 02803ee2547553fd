"""Jobs in virtual time: curves, scripted trials, the clock's control, the comparison of policies."""
