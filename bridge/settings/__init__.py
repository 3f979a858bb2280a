"""Settings: what one is (`setting`), one described table (`table`), the file they are kept in (`file`).

The window's settings page, the file, the defaults of the command line and docs/desktop.md all come from the table.
"""

from bridge.settings.all_settings import SETTINGS, check_setting, markdown_table
from bridge.settings.file import SettingsFile
from bridge.settings.setting import Setting

__all__ = ["SETTINGS", "Setting", "SettingsFile", "check_setting", "markdown_table"]
