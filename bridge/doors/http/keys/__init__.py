"""Who may use the companion over HTTP: keys, their credits and how often they may ask. No HTTP in here."""
