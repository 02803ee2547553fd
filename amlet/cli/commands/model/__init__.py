"""Register, list, show, archive and download models."""

#: Its commands are those of this kind in `amlet.cli.assets`, beside the modules of this folder.
KIND = "model"
