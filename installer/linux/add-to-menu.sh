#!/bin/sh
# Adds Stem Bridge to this user's desktop menu and command line, as links to this folder.
#   ./add-to-menu.sh            adds them
#   ./add-to-menu.sh --remove   removes them
set -eu
here=$(cd "$(dirname "$0")" && pwd)
data=${XDG_DATA_HOME:-$HOME/.local/share}
entry=$data/applications/stembridge.desktop
icon=$data/icons/hicolor/scalable/apps/stembridge.svg
link=$HOME/.local/bin/stembridge

case "${1:-}" in
  --remove)
    rm -f "$entry" "$icon"
    if [ "$(readlink "$link" 2>/dev/null || true)" = "$here/stembridge" ]; then rm -f "$link"; fi
    echo "Stem Bridge is out of the menu; this folder can be deleted."
    ;;
  "")
    if [ -e "$link" ] && [ ! -L "$link" ]; then echo "add-to-menu: $link is there and not ours." >&2; exit 1; fi
    mkdir -p "$(dirname "$entry")" "$(dirname "$icon")" "$(dirname "$link")"
    cp "$here/_internal/icons/stembridge.svg" "$icon"
    sed "s|^Exec=.*|Exec=\"$here/stembridge\"|" "$here/stembridge.desktop" >"$entry"
    ln -sfn "$here/stembridge" "$link"
    echo "Stem Bridge is in the menu, and as $link."
    ;;
  *)
    echo "add-to-menu: $1 is not an option; there is --remove" >&2
    exit 2
    ;;
esac
