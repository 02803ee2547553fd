"""`/_amlet/`: where an emulator is told what to do beside answering; described by `openapi.yml`."""
