"""What the routes call: parse, check, store, tell the job runner. Nothing here knows HTTP."""
