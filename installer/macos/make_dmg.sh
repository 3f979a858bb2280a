#!/bin/sh
# make_dmg.sh APP FOLDER VERSION MACHINE   packs the app into FOLDER/StemBridge-VERSION-macos-MACHINE.dmg, prints its path.
# SIGN_IDENTITY names a certificate "Developer ID Application: …" in the keychain; without one the app is signed
# ad hoc, and macOS asks the user before the first start.
set -eu
app=$1 folder=$2 version=$3 machine=$4
image=$folder/StemBridge-$version-macos-$machine.dmg
staging=$(mktemp -d)
trap 'rm -rf "$staging"' EXIT

codesign --force --deep --options runtime --entitlements "$(dirname "$0")/entitlements.plist" \
  --sign "${SIGN_IDENTITY:--}" "$app" >&2
codesign --verify --deep --strict "$app" >&2
cp -R "$app" "$staging/"
ln -s /Applications "$staging/Applications"
rm -f "$image"
hdiutil create -quiet -volname "Stem Bridge $version" -srcfolder "$staging" -format UDZO "$image" >&2
if [ -n "${NOTARY_PROFILE:-}" ]; then
  xcrun notarytool submit "$image" --keychain-profile "$NOTARY_PROFILE" --wait >&2
  xcrun stapler staple "$image" >&2
fi
echo "$image"
