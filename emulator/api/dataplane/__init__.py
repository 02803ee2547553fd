"""The data plane's routes: blobs, MLflow and run history. They map HTTP to operations and back."""
