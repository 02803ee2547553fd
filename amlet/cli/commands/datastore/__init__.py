"""Make, list, show and delete datastores."""

#: Its commands are those of this kind in `amlet.cli.assets`, beside the modules of this folder.
KIND = "datastore"
