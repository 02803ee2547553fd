"""What the routes call: parse, check, store, hand on. Nothing here knows HTTP."""
