"""Check what clients send against the contract with the service."""
