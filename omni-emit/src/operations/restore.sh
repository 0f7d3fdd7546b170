#!/usr/bin/env bash
{{ header.hash()|safe }}
#
# Restores the data of the services on {{ host|comment }} from a backup. Nothing is changed until the whole backup has been verified.
{% include "preamble.sh" %}

me=restore
{% include "operations/failures.sh" %}

{{ arguments.usage()|safe }}

{% include "operations/data.sh" %}

{{ arguments.parse()|safe }}
if [ -z "$backup" ]; then
  usage >&2
  exit 2
fi

[ -f "$backup/SHA256SUMS" ] || fail "$backup is not a backup: it has no SHA256SUMS"
[ "$(cat "$backup/deployment" 2>/dev/null)" = {{ deployment }} ] || fail "$backup is a backup of another deployment"
if [ "$list" = yes ]; then
  for file in "$backup"/*.tar; do
    name=$(basename "$file" .tar)
    say "$name: ${path_of[$name]-no longer part of this deployment}, $(stat -c %s "$file") bytes"
  done
  exit 0
fi
list=$(selected "${only[@]}")
chosen=()
for name in $list; do
  if [ -f "$backup/$name.tar" ]; then
    chosen+=("$name")
  else
    [ -z "${only[*]-}" ] || fail "$backup does not contain $name"
    say "the backup does not contain $name: ${path_of[$name]} stays as it is"
  fi
done
[ -n "${chosen[*]-}" ] || fail "$backup contains no data of this deployment"
list=$(writers "${chosen[@]}")
mapfile -t services <<<"$list"
if [ "$dry_run" = yes ]; then
  say "would stop these services if they run: ${services[*]}"
  for name in "${chosen[@]}"; do say "would restore ${path_of[$name]}"; done
  say "would start them again"
  exit 0
fi

[ "$EUID" -eq 0 ] || fail "run this as root"
mkdir -p "$state_root"
lock
resume
for name in "${chosen[@]}"; do
  grep -q "  $name\.tar\$" "$backup/SHA256SUMS" || fail "$backup/SHA256SUMS does not list $name.tar"
done
(cd "$backup" && sha256sum --check --strict --quiet SHA256SUMS) || fail "$backup is damaged; nothing was changed"

# first_in DIRECTORY: prints one entry of the directory, if it has any.
first_in() { [ ! -d "$1" ] || find "$1" -mindepth 1 -print -quit; }
need=0
for name in "${chosen[@]}"; do
  path=${path_of[$name]}
  [ ! -e "$path" ] || [ -d "$path" ] || fail "$path exists and is not a directory"
  above=$(dirname "$path")
  [ -d "$above" ] || fail "$above does not exist: mount its disk first"
  data=$(first_in "$path")
  [ "$force" = yes ] || [ -z "$data" ] || fail "$path holds data: use --force to move them aside"
  size=$(stat -c %s "$backup/$name.tar")
  need=$((need + size))
done
have=$(room "$above")
[ "$have" -ge "$need" ] || fail "not enough space: $above has $have bytes, but $need are needed"

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
  say "unpacking the data of $path"
  rm -rf "$path.restoring"
  mkdir "$path.restoring"
  tar --extract --file "$backup/$name.tar" --directory "$path.restoring" \
    --acls --xattrs --xattrs-include='*' --numeric-owner --same-owner --preserve-permissions ||
    fail "cannot read $backup/$name.tar; nothing was changed"
done
for name in "${chosen[@]}"; do
  path=${path_of[$name]}
  data=$(first_in "$path")
  if [ -n "$data" ]; then
    mv -T "$path" "$path.before-$now"
    say "the earlier data of $path are now in $path.before-$now"
  elif [ -d "$path" ]; then
    rmdir "$path"
  fi
  mv -T "$path.restoring" "$path"
  say "restored $path"
done
say "done: run verify/health.sh to check the services"
