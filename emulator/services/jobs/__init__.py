"""Jobs: check, store, change, render, register what they wrote."""
