#!/bin/sh
# make_appimage.sh BUNDLE OUT.AppImage   packs the bundle with appimagetool, prints the path of the image.
set -eu
bundle=$1 out=$2
staging=$(mktemp -d)
trap 'rm -rf "$staging"' EXIT

mkdir -p "$staging/usr"
cp -R "$bundle" "$staging/usr/stembridge"
cp "$bundle/stembridge.desktop" "$staging/stembridge.desktop"
cp "$bundle/_internal/icons/stembridge.png" "$staging/stembridge.png"
cat >"$staging/AppRun" <<'RUN'
#!/bin/sh
exec "$(dirname "$(readlink -f "$0")")/usr/stembridge/stembridge" "$@"
RUN
chmod +x "$staging/AppRun"
ARCH=$(uname -m) appimagetool --no-appstream "$staging" "$out" >&2
echo "$out"
