"""Pipeline jobs on the wire: their bindings, their graph, and the form of their steps. Pure."""
