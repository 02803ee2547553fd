"""The page behind every studio URL, at the same path and query as on ml.azure.com. Reads the store, changes nothing."""
