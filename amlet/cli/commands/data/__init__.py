"""Register, list, show and archive data assets; fetch the inputs of jobs to this machine."""

#: Its commands are those of this kind in `amlet.cli.assets`, beside the modules of this folder.
KIND = "data"
