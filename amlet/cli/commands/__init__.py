"""The commands of `amlet`, a module each, named as it is typed; a folder is a group of commands."""
