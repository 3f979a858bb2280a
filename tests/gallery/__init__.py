"""A page for ears and eyes: `python -m tests.gallery --out DIR` renders every style.

`measures` puts numbers on a rendered piece, `pictures` and `drawings` show it, `page` puts it all into one HTML file.
"""
