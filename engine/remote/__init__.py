"""Another companion's engine, reached over its HTTP API.

What lives here: the client (`client`). What must not: knowing where takes are written.
"""
