"""The server: an Azure Machine Learning workspace that really runs sweep jobs, on this machine."""

import amlet._guard

amlet._guard.guard("contracts")
