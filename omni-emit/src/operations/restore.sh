#!/usr/bin/env bash
{{ header.hash()|safe }}
#
# Brings the data of the services on {{ host|comment }} back from a backup. Nothing is touched until all of it is known to be whole.
{% include "preamble.sh" %}

me=restore
{% include "operations/failures.sh" %}

usage() {
  cat <<'USAGE'
Usage: restore.sh [OPTIONS] BACKUP

  BACKUP        a folder that backup.sh has made
  --only NAME   only the data of a service or a directory; may be given several times
  --force       where there are data already, move them aside
  --list        list what is in the backup, and do nothing
  --dry-run     say what would be stopped and brought back, and do nothing
  -h, --help    print this

Exit codes: 0 done, 1 something failed, 2 usage.
USAGE
}

{% include "operations/data.sh" %}

dry_run=no force=no list=no backup=
only=()
while [ $# -gt 0 ]; do
  case $1 in
    --dry-run) dry_run=yes ;;
    --force) force=yes ;;
    --list) list=yes ;;
    --only)
      only+=("${2-}")
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
    *) backup=$1 ;;
  esac
  shift || break
done
if [ -z "$backup" ]; then
  usage >&2
  exit 2
fi

[ -f "$backup/SHA256SUMS" ] || fail "$backup is no backup: it has no SHA256SUMS"
[ "$(cat "$backup/deployment" 2>/dev/null)" = {{ deployment }} ] || fail "$backup is a backup of another deployment"
if [ "$list" = yes ]; then
  for file in "$backup"/*.tar; do
    name=$(basename "$file" .tar)
    say "$name: ${path_of[$name]-not of this deployment any more}, $(stat -c %s "$file") bytes"
  done
  exit 0
fi
list=$(selected "${only[@]}")
chosen=()
for name in $list; do
  if [ -f "$backup/$name.tar" ]; then
    chosen+=("$name")
  else
    [ -z "${only[*]-}" ] || fail "$name is not in $backup"
    say "$name is not in the backup: ${path_of[$name]} stays as it is"
  fi
done
[ -n "${chosen[*]-}" ] || fail "nothing of this deployment is in $backup"
list=$(writers "${chosen[@]}")
mapfile -t services <<<"$list"
if [ "$dry_run" = yes ]; then
  say "stops what runs of ${services[*]}"
  for name in "${chosen[@]}"; do say "brings ${path_of[$name]} back"; done
  say "starts again what it has stopped"
  exit 0
fi

[ "$EUID" -eq 0 ] || fail "run this as root"
mkdir -p "$state_root"
lock
resume
for name in "${chosen[@]}"; do
  grep -q "  $name\.tar\$" "$backup/SHA256SUMS" || fail "$backup/SHA256SUMS does not name $name.tar"
done
(cd "$backup" && sha256sum --check --strict --quiet SHA256SUMS) || fail "$backup is damaged: nothing was touched"

# The first thing that is in a directory, if there is one.
first_in() { [ ! -d "$1" ] || find "$1" -mindepth 1 -print -quit; }
need=0
for name in "${chosen[@]}"; do
  path=${path_of[$name]}
  [ ! -e "$path" ] || [ -d "$path" ] || fail "$path is there and is no directory"
  above=$(dirname "$path")
  [ -d "$above" ] || fail "there is no $above: mount its disk first"
  data=$(first_in "$path")
  [ "$force" = yes ] || [ -z "$data" ] || fail "$path holds data: --force moves them aside"
  size=$(stat -c %s "$backup/$name.tar")
  need=$((need + size))
done
have=$(room "$above")
[ "$have" -ge "$need" ] || fail "no room: $above has $have bytes, and $need are needed"

now=$(date -u +%Y%m%dT%H%M%SZ)
finish() {
  local status=$?
  trap - EXIT
  for name in "${chosen[@]}"; do rm -rf "${path_of[$name]}.restoring"; done
  start_again
  [ -z "${down[*]-}" ] || status=1
  exit "$status"
}
trap finish EXIT
trap 'exit 1' HUP INT TERM

stop "${services[@]}"
for name in "${chosen[@]}"; do
  path=${path_of[$name]}
  say "reads what was in $path"
  rm -rf "$path.restoring"
  mkdir "$path.restoring"
  tar --extract --file "$backup/$name.tar" --directory "$path.restoring" \
    --acls --xattrs --xattrs-include='*' --numeric-owner --same-owner --preserve-permissions ||
    fail "cannot read $backup/$name.tar: nothing was touched"
done
for name in "${chosen[@]}"; do
  path=${path_of[$name]}
  data=$(first_in "$path")
  if [ -n "$data" ]; then
    mv -T "$path" "$path.before-$now"
    say "what was in $path is in $path.before-$now"
  elif [ -d "$path" ]; then
    rmdir "$path"
  fi
  mv -T "$path.restoring" "$path"
  say "$path is back"
done
say "done: verify/health.sh asks the services"
