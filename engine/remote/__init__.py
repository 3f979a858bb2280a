"""Another companion's engine, reached over its HTTP API.

What lives here: that companion's address (`address`), the client (`client`, `follow`), its takes (`takes`), and the
engine that implements the contract (`remote_engine`). What must not: knowing where takes are written.
"""
