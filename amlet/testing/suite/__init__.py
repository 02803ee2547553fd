"""The contract suite as pytest runs it: `pytest --pyargs amlet.testing.suite --target NAME`."""
