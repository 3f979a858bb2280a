"""OSC, the trigger every DAW can send: one table of addresses, reading, writing, and the two sockets.

`spec` is the table; `decode` and `encode` turn bytes into messages and back without any socket; `server` owns the
sockets; `face` does what the messages say.
"""
