"""The work of `stembridge daw`: installs Stem Bridge's scripts into DAWs, removes them and reports their status.

Belongs here: the table of DAWs (`all_daws`), their common interface (`daw`), the work on files that they share
(`installation`), and one module per DAW. Does not belong here: communication with a running DAW, and the scripts
themselves, which lie in `daw_scripts/` and import nothing of this package.
"""
