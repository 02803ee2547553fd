"""Known vulnerabilities of what an installed emulator needs."""
