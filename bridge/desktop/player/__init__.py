"""The transport of the take that is loaded."""
