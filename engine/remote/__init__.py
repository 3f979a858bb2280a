"""Another companion's engine, reached over its HTTP API.

What lives here: where that companion is (`address`), the client (`client`, `follow`), what its takes hold (`takes`),
and the engine behind the seam (`engine`). What must not: knowing where takes are written.
"""
