"""The page behind every studio URL, at the same path and query as on ml.azure.com.

It reads through the store's query interface only. The three changes that a page offers (cancel, archive, restore) are
those of the control plane, and want the page's own token.
"""
