"""What commands do with assets, computes and datastores of a workspace."""
