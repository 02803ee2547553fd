"""Entities as ARM bodies (`arm`) and as job files (`yaml`), both ways."""
