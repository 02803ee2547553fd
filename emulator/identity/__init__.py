"""Sign-in and access: cloud metadata, token endpoints, tokens, and signatures of blob requests."""
