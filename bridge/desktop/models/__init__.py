"""The models page: what there is, what is installed, and bringing one here."""
