"""What a run needs around its command: folder, variables, inputs, environment, command line, outputs, logs."""
