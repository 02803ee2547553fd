"""What a trial's command finds around it: folder, variables, inputs, environment, command line, outputs, logs."""
