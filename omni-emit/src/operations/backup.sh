#!/usr/bin/env bash
{{ header.hash()|safe }}
#
# Saves the data of the services on {{ host|comment }}. What writes to them is stopped meanwhile, so that what is saved fits together.
{% include "preamble.sh" %}

me=backup
{% include "operations/failures.sh" %}

usage() {
  cat <<'USAGE'
Usage: backup.sh [OPTIONS] FOLDER

  FOLDER        where the backup is made, as a folder of its own with the date in its name
  --only NAME   only the data of a service or a directory; may be given several times
  --keep COUNT  afterwards, delete all but the latest COUNT backups that were made with --keep; others stay
  --dry-run     say what would be stopped and saved, and do nothing
  -h, --help    print this

Models are downloads and secrets are yours to keep: neither is in a backup.
What it stops is written to {{ state_root|safe }}/stopped: if it is killed, its next run or the next boot starts that again.
Exit codes: 0 done, 1 something failed (no backup is made, or not everything runs again), 2 usage.
USAGE
}

{% include "operations/data.sh" %}

dry_run=no target='' keep=''
only=()
while [ $# -gt 0 ]; do
  case $1 in
    --dry-run) dry_run=yes ;;
    --only)
      only+=("${2-}")
      shift
      ;;
    --keep)
      keep=${2-}
      shift
      ;;
    -h | --help)
      usage
      exit 0
      ;;
    -*)
      usage >&2
      exit 2
      ;;
    *) target=$1 ;;
  esac
  shift || break
done
if [ -z "$target" ] || ! [[ $keep =~ ^([1-9][0-9]{0,8})?$ ]]; then
  usage >&2
  exit 2
fi
if [ -n "$keep" ] && [ -n "${only[*]-}" ]; then
  echo "backup: --keep counts whole backups: leave --only out" >&2
  exit 2
fi

list=$(selected "${only[@]}")
mapfile -t chosen <<<"$list"
list=$(writers "${chosen[@]}")
mapfile -t services <<<"$list"
if [ "$dry_run" = yes ]; then
  say "stops what runs of ${services[*]}"
  for name in "${chosen[@]}"; do say "saves ${path_of[$name]}"; done
  say "starts again what it has stopped"
  exit 0
fi

[ "$EUID" -eq 0 ] || fail "run this as root"
mkdir -p "$state_root"
lock
resume
# A disk that is not mounted would fill another.
[ -d "$target" ] || fail "there is no folder $target: make it or mount its disk first"
target=$(cd "$target" && pwd -P)
need=0
for name in "${chosen[@]}"; do
  path=${path_of[$name]}
  [ -d "$path" ] || fail "there is no $path"
  real=$(cd "$path" && pwd -P)
  case $target/ in "$real"/*) fail "$target is inside of what is saved: $path" ;; esac
  # An archive has half a kibibyte for each file, and rounds up to as much.
  size=$(du --summarize --block-size=1 --one-file-system "$path" | cut -f 1)
  files=$(find "$path" -xdev -printf x | wc -c)
  need=$((need + size + files * 2048 + 1048576))
done
have=$(room "$target")
[ "$have" -ge "$need" ] || fail "no room: $target has $have bytes, and $need are needed"

disk=$(stat -c %d "$path")
target_disk=$(stat -c %d "$target")
[ "$target_disk" != "$disk" ] || say "$target is on the disk that it saves: copy the backup elsewhere"

what={{ deployment }}-{{ host }}
made=$target/$what-$(date -u +%Y%m%dT%H%M%SZ)
[ ! -e "$made" ] || fail "$made is there already"
# Under another name until it is whole; one that was killed may have left its own.
partial=$target/.$what.partial
rm -rf "$partial"
finish() {
  local status=$?
  trap - EXIT
  rm -rf "$partial"
  start_again
  [ -z "${down[*]-}" ] || status=1
  exit "$status"
}
trap finish EXIT
trap 'exit 1' HUP INT TERM
umask 077
mkdir "$partial"

stop "${services[@]}"
for name in "${chosen[@]}"; do
  say "saves ${path_of[$name]}"
  tar --create --file "$partial/$name.tar" --directory "${path_of[$name]}" \
    --acls --xattrs --xattrs-include='*' --numeric-owner --sparse --one-file-system . ||
    fail "cannot save ${path_of[$name]}"
done
start_again
printf '%s\n' {{ deployment }} >"$partial/deployment"
[ -z "$keep" ] || touch "$partial/regular"
(cd "$partial" && sha256sum deployment -- *.tar >SHA256SUMS)
sync -f "$partial"
mv -T "$partial" "$made"
say "saved: $made"

[ -n "$keep" ] || exit 0
# Only whole backups that this script has made of this deployment and host with --keep, the latest first.
kept=0
while read -r name; do
  old=$target/$name
  [[ $name =~ ^$what-[0-9]{8}T[0-9]{6}Z$ ]] || continue
  [ -f "$old/SHA256SUMS" ] || continue
  [ -f "$old/regular" ] || continue
  made_for=$(cat "$old/deployment")
  [ "$made_for" = {{ deployment }} ] || continue
  kept=$((kept + 1))
  [ "$kept" -gt "$keep" ] || continue
  say "deletes $old"
  # Under the name of what is not whole: if this is cut off, the next run deletes the rest.
  mv -T "$old" "$partial"
  rm -rf --one-file-system "$partial"
done < <(find "$target" -mindepth 1 -maxdepth 1 -type d -name "$what-*" -printf '%f\n' | sort -r)
