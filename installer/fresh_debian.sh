#!/usr/bin/env bash
# Runs a script on a truly fresh Debian, or without one the README's commands. Needs root on Debian or Ubuntu.
#
#   [SUITE=trixie] installer/fresh_debian.sh                 the line of packages and the first command, then MIDI
#   [SUITE=trixie] installer/fresh_debian.sh demo test       both commands of the README (test: 5 GB of download)
#   [SUITE=trixie] installer/fresh_debian.sh - < script      a script of your own, as root; the clone is at /src
#
# SUITE: bookworm (Debian 12, Python 3.11), trixie (13, 3.13), forky (testing, 3.14). The base system is made once
# (2 minutes, 220 MB) in ${FRESH:-~/.cache/fresh-debian}; each run gets an overlay of its own, deleted afterwards. It
# uses this machine's package mirror, pip settings and certificates. Each step is told with its time and exit code.
set -eu
repo=$(cd "$(dirname "$0")/.." && pwd)
store=${FRESH:-$HOME/.cache/fresh-debian} suite=${SUITE:-bookworm}
base=$store/base-$suite
mirror=$(sed -n 's/^URIs: *//p' /etc/apt/sources.list.d/*.sources 2>/dev/null | head -n 1)
mirror=${mirror:-http://deb.debian.org/debian}

make_base() {
  mkdir -p "$store/tool"
  (cd "$store/tool" && apt-get update -qq && apt-get download -qq debootstrap && dpkg -x debootstrap_*.deb .)
  rm -rf "$base"
  DEBOOTSTRAP_DIR=$store/tool/usr/share/debootstrap "$store/tool/usr/sbin/debootstrap" --variant=minbase \
    --include=ca-certificates "$suite" "$base" "$mirror" >"$store/$suite.log"
  touch "$base/.done"
}

# The line of packages as README has it for Debian 12 and 13, so that what is tried is what a newcomer reads.
readme_packages() {
  case $suite in bookworm | trixie) ;; *) echo "apt-get install -y git python3 python3-venv"; return ;; esac
  python3 - "$repo/README.md" <<'PYTHON'
import re, sys
text = open(sys.argv[1], encoding="utf-8").read()
print(" ".join(re.search(r"`(apt-get install -y [^`]+)`", text)[1].split()))
PYTHON
}

steps() {
  cat <<SCRIPT
step() {
  what=\$1; shift; began=\$(date +%s); code=0
  "\$@" || code=\$?
  echo "== \$what: rc \$code, \$((\$(date +%s) - began)) s"
  [ \$code = 0 ] || exit \$code
}
step "package lists" apt-get update -qq
step "README's line" sh -c '$(readme_packages) >/dev/null'
step "clone" git clone -q /src /root/stembridge
cd /root/stembridge
python3 --version
step "setup.py check" sh -c 'python3 installer/setup.py check | sh -e'
SCRIPT
  for command in "$@"; do
    echo "step 'setup.py $command' python3 installer/setup.py $command"
  done
  cat <<'SCRIPT'
step "selftest" .venv/bin/stembridge selftest
step "jackd" sh -c 'apt-get install -y --no-install-recommends jackd2 >/dev/null'
jackd --no-realtime -d dummy -p 1024 >/dev/null 2>&1 &
sleep 3
step "doctor beside a companion" sh -c '
  .venv/bin/stembridge serve >/root/serve.log 2>&1 & companion=$!
  for second in $(seq 30); do
    .venv/bin/stembridge doctor | grep "MIDI .*Stem Bridge" && break
    [ $second -lt 30 ] && sleep 1
  done; found=$?; kill $companion; cat /root/serve.log; exit $found'
step "midi ports" .venv/bin/stembridge midi ports
step "notes through MIDI" .venv/bin/python installer/midi_check.py
SCRIPT
}

[ -e "$base/.done" ] || make_base
run=$(mktemp -d "$store/run.XXXX")
trap 'rm -rf "$run"' EXIT
mkdir "$run/up" "$run/work" "$run/root"
if [ "${1:-}" = - ]; then cat >"$run/script.sh"; else steps "${@:-demo}" >"$run/script.sh"; fi
unshare -m -p -f -i -u bash -c '
  set -eu; base=$0 run=$1 repo=$2; root=$run/root
  mount --make-rprivate /
  mount -t overlay overlay -o "lowerdir=$base,upperdir=$run/up,workdir=$run/work" "$root"
  mount -t proc proc "$root/proc"; mount --rbind /dev "$root/dev"
  mount -t tmpfs shm "$root/dev/shm"
  mkdir -p "$root/tmp" "$root/src"; mount --bind "$repo" "$root/src"
  # git refuses a repository of another owner; a worktree keeps its objects elsewhere.
  git -C "$repo" rev-parse --path-format=absolute --git-common-dir >"$run/git-dir"
  git_dir=$(cat "$run/git-dir")
  case $git_dir in "$repo"/*) ;; *) mkdir -p "$root$git_dir"; mount --bind "$git_dir" "$root$git_dir" ;; esac
  for file in "$HOME/.config/pip/pip.conf" "$HOME/.pip/pip.conf" /etc/pip.conf; do
    [ -f "$file" ] || continue
    cp "$file" "$root/etc/pip.conf"
    for folder in $(grep -E "find-links|index-url|constraint" "$file" | grep -oE "(file://|= *| )/[A-Za-z0-9/_.-]+" \
      | sed -E "s#^(file://|=? *)##; s#/simple\$##" | sort -u); do
      if [ -d "$folder" ]; then mkdir -p "$root$folder"; mount --rbind "$folder" "$root$folder"; fi
    done
  done
  cp /etc/resolv.conf "$root/etc/"
  cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
  cp "$run/script.sh" "$root/root/"
  # A mirror may be a few weeks behind; testing has a date after which apt refuses it.
  echo "Acquire::Check-Valid-Until \"false\";" >"$root/etc/apt/apt.conf.d/99mirror"
  hostname fresh
  exec env -i HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 \
    DEBIAN_FRONTEND=noninteractive PIP_CERT=/etc/ssl/certs/ca-certificates.crt \
    SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt REQUESTS_CA_BUNDLE=/etc/ssl/certs/ca-certificates.crt \
    chroot "$root" bash /root/script.sh' "$base" "$run" "$repo"
