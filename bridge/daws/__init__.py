"""What `stembridge daw` does: puts Stem Bridge's scripts into DAWs, takes them out, says how it stands.

What lives here: the table of DAWs (`table`), what each of them can be asked (`daw`), the work on files that they
share (`installation`), and one module per DAW. What must not: talking to a running DAW, and the scripts themselves,
which lie in `daw_scripts/` and import nothing of this.
"""
