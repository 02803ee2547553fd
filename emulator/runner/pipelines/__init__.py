"""Pipelines that run: their graph, the jobs that their steps are, and where outputs are."""
