"""Models of the ARM bodies: one noun per file, named as Azure names it."""
