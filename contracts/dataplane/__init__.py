"""The data plane: what MLflow's REST API and the emulator's runs agree on."""
