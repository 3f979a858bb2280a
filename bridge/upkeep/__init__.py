"""Looking after the installation: the engine's environment, updates, and taking everything out again."""
