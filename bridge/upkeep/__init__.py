"""Maintenance of the installation: the engine environment, updates and uninstalling."""
