"""API keys for use over HTTP, their credits and their rate limits. No HTTP here."""
