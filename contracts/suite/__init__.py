"""The contract as runnable scenarios: written once, run on an emulator, on recordings, or on a real workspace.

From the command line: `pytest --pyargs amlet.testing.suite --target NAME`. In a test module of your own: by subclassing
the classes of `contracts.suite.scenarios` with a fixture `target`. Any runner of tests will do that calls the methods
`test_...` with a target: the suite itself needs the standard library alone.
"""
