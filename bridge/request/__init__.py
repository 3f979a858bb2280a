"""Requests: a trigger, the session state, the parameter block, presets and the genre map become one `JobSpec`."""
