"""Decides what a job does next: pure state machines that never read a clock, a file or a socket."""
