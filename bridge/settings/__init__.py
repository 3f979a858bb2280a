"""The settings: the type of one (`setting`), the table of all (`all_settings`), their file (`file`).

The window's settings page, the file, the defaults of the command line and docs/desktop.md all come from the table.
`remote_address` reads the address of the engine “remote”. Must not live here: state that is no choice of the user's.
"""

from bridge.settings.all_settings import SETTINGS, check_setting, markdown_table
from bridge.settings.file import SettingsFile
from bridge.settings.setting import Setting

__all__ = ["SETTINGS", "Setting", "SettingsFile", "check_setting", "markdown_table"]
