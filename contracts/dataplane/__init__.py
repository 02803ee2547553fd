"""The data plane: bodies of run history and of MLflow's REST API, as the official clients read and write them."""
