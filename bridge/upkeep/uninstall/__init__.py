"""The work of `stembridge uninstall`: removes everything that Stem Bridge has put on this computer except takes.

Belongs here: finding our files (`belongings`), deleting them (`delete`), the plan and its execution (`uninstall`).
Does not belong here: asking the user (`bridge.cli.uninstall`) and removing scripts from DAWs (`bridge.daws`).
"""
