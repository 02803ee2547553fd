"""Register, list, show and archive components."""

#: Its commands are those of this kind in `amlet.cli.assets`, beside the modules of this folder.
KIND = "component"
