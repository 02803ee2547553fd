"""The server: an Azure Machine Learning workspace that really runs sweep jobs, on this machine."""

import _amlet

_amlet.guard("contracts")
