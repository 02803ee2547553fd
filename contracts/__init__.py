"""The wire: what client and server agree on, as models, tables and rules. No I/O; imports neither of the others.

PYTEST_DONT_REWRITE: pytest would warn of this package in a program that imports it and then calls `pytest.main`.
"""
