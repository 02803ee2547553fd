"""The control plane's face: routes, headers and error envelopes of Azure Resource Manager."""
