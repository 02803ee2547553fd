"""The control plane: routes, headers and error envelopes of Azure Resource Manager."""
