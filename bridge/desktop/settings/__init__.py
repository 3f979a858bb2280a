"""The pages for settings, first run, engine environment and uninstall."""
