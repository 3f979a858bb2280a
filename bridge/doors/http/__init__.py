"""The HTTP side of the companion: `app` has the routes, `server` runs them in the companion's own event loop."""
