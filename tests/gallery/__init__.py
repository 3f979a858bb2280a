"""A developer's page of all styles: `python -m tests.gallery --out DIR` renders each one with sound and pictures.

`measures` measures a rendered piece, `pictures` and `drawings` show it, `page` puts it all into one HTML file.
"""
