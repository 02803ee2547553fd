"""Runs one attempt on any machine: standard library only, Python 3.8 or newer; `main` is where it starts."""
