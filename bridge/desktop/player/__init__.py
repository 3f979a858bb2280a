"""Transport and stem strips of the take that is loaded."""
