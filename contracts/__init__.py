"""The wire: what client and server agree on, as models, tables and rules. No I/O; imports neither of the others."""
