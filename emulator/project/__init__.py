"""The project file `amlet.yml`: which workspaces, computes, environments and data there are, and where here."""
