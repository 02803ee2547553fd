"""What every request passes before a route: Host, token, api-version, faults, journal."""
