"""Durable jobs: `job` says what one is, `store` keeps them in SQLite, `queue` runs them one after another.

A job belongs to the companion that took it (its session). When that companion is gone, the next one adopts its
unfinished jobs: the one that was running is reported as failed, the queued ones go on.
"""
