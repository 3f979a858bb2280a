"""The way in for DAW scripts that can read and write files and nothing else: requests and answers as small files.

What lives here: the folder and its rules (`box`), signs of life of both sides (`alive`), what a request may say
(`letter`), what an answer looks like (`answer`), and the face that joins them to the job queue (`face`). What must
not: anything that belongs to one DAW alone.
"""
