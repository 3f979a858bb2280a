"""The OSC door: every DAW can send OSC.

What lives here: the addresses in one `table`; `decode` and `encode`, which turn bytes into messages and back without
a socket; the two sockets (`server`), or a file for clients that cannot receive (`reply_files`); each client's state
(`clients`, `session_messages`); the door that passes requests to the desk (`door`) and reports on jobs
(`job_messages`). What must not: a decision about a job.
"""
