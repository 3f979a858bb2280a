"""What `stembridge uninstall` does: takes everything away that Stem Bridge has put on this computer, but no take.

What lives here: what there is (`belongings`) and deleting it (`delete`). What must not: asking the user (that is
`bridge.cli.uninstall`), and the scripts in DAWs, which `bridge.daws` takes out.
"""
