"""The companion: everything on the DAW's and the user's side.

What lives here: listening to DAWs and talking back, jobs and their queue, the parameter block, takes on disk
(`bridge.takes`), the command line, the HTTP service and the window.

What must not: making sound. Generation, alignment and measuring are in `engine`, which never imports this package.
"""

__version__ = "0.1.0"
