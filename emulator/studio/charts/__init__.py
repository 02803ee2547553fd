"""The charts of a sweep: from rows of the store to plain Plotly figures and drawings."""
