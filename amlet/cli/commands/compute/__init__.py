"""Make, list, show, start, stop and delete computes."""

#: Its commands are those of this kind in `amlet.cli.assets`, beside the modules of this folder.
KIND = "compute"
