"""The files door, for scripts in DAWs that can only read and write files.

What lives here: the mailbox folder (`folder`), the requests in it (`request`) and the replies (`reply`), links to
scripts that stay connected (`live_link`), and the door that passes requests to the desk (`door`). What must not: a
decision about a job.
"""
