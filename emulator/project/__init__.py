"""The world file `amlet.yml`: which workspaces, computes, environments and data there are, and where they are here."""
