"""Settings: what one is (`setting`), one described table (`table`), the file they are kept in (`file`).

The window's settings page, the file, the defaults of the command line and docs/desktop.md all come from the table.
"""

from bridge.settings.file import SettingsFile
from bridge.settings.setting import Setting
from bridge.settings.table import SETTINGS, check_setting, markdown_table

__all__ = ["SETTINGS", "Setting", "SettingsFile", "check_setting", "markdown_table"]
