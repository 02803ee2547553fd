"""Jobs on the command line: files, bodies, references, submission, and how they are printed."""
