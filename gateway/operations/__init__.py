"""What a client does with a workspace, one noun a file; each operation is a generator of steps."""
