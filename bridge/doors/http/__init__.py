"""The HTTP door, for programs here and on other machines: the hosted service's API, and the companion's own.

What lives here: the routes (`companion_routes`, `hosted_routes`, `account_routes`, `docs_routes`) and the application
made of them (`routes`); who may use it (`access`, `keys`, `signed_links`); jobs for clients (`service`) and their
results (`results`, `audio`); errors as answers (`errors`); the API's description (`schema`, `openapi`); the socket
(`server`). What must not: a decision about a job.
"""
