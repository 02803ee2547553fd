"""Who may talk to the emulator: cloud metadata, token endpoints, tokens, and signatures of blob requests."""
