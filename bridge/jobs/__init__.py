"""Durable jobs: `job` is their data type, `store` keeps them in SQLite, `queue` runs them one after another.

A job belongs to the companion that accepted it (its session). When that companion has ended, the next one adopts its
unfinished jobs: the one that was running is reported as failed, the queued ones are run.
"""
