"""The sweep brain: pure state machines that never read a clock, a file or a socket."""
