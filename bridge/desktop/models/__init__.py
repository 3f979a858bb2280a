"""The models page: the known models, their state, and installing, checking and removing them."""
