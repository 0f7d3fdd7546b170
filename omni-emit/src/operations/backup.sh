#!/usr/bin/env bash
{{ header.hash()|safe }}
#
# Saves the data of the services on {{ host|comment }}. The services are stopped meanwhile, so that the saved data are consistent.
{% include "preamble.sh" %}

me=backup
{% include "operations/failures.sh" %}

{{ arguments.usage()|safe }}

{% include "operations/data.sh" %}

{{ arguments.parse()|safe }}
if [ -z "$folder" ] || ! [[ $keep =~ ^([1-9][0-9]{0,8})?$ ]]; then
  usage >&2
  exit 2
fi
if [ -n "$keep" ] && [ -n "${only[*]-}" ]; then
  echo "backup: --keep counts complete backups: leave out --only" >&2
  exit 2
fi

list=$(selected "${only[@]}")
mapfile -t chosen <<<"$list"
list=$(writers "${chosen[@]}")
mapfile -t services <<<"$list"
if [ "$dry_run" = yes ]; then
  say "would stop these services if they run: ${services[*]}"
  for name in "${chosen[@]}"; do say "would save ${path_of[$name]}"; done
  say "would start them again"
  exit 0
fi

[ "$EUID" -eq 0 ] || fail "run this as root"
mkdir -p "$state_root"
lock
resume
# If the disk is not mounted, the backup would fill another one.
[ -d "$folder" ] || fail "the folder $folder does not exist: create it or mount its disk first"
folder=$(cd "$folder" && pwd -P)
need=0
for name in "${chosen[@]}"; do
  path=${path_of[$name]}
  [ -d "$path" ] || fail "$path does not exist"
  real=$(cd "$path" && pwd -P)
  case $folder/ in "$real"/*) fail "$folder is inside $path, which is saved" ;; esac
  # In an archive, each file has a header of 512 bytes and is rounded up to a multiple of 512.
  size=$(du --summarize --block-size=1 --one-file-system "$path" | cut -f 1)
  files=$(find "$path" -xdev -printf x | wc -c)
  need=$((need + size + files * 2048 + 1048576))
done
have=$(room "$folder")
[ "$have" -ge "$need" ] || fail "not enough space: $folder has $have bytes, but $need are needed"

disk=$(stat -c %d "$path")
folder_disk=$(stat -c %d "$folder")
[ "$folder_disk" != "$disk" ] || say "$folder is on the same disk as the data: copy the backup elsewhere"

what={{ deployment }}-{{ host }}
made=$folder/$what-$(date -u +%Y%m%dT%H%M%SZ)
[ ! -e "$made" ] || fail "$made exists already"
# Under another name until it is complete. A killed run may have left such a folder.
partial=$folder/.$what.partial
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
  say "saving ${path_of[$name]}"
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
# Only complete backups of this deployment and host that were made with --keep, the latest first.
kept=0
while read -r name; do
  old=$folder/$name
  [[ $name =~ ^$what-[0-9]{8}T[0-9]{6}Z$ ]] || continue
  [ -f "$old/SHA256SUMS" ] || continue
  [ -f "$old/regular" ] || continue
  made_for=$(cat "$old/deployment")
  [ "$made_for" = {{ deployment }} ] || continue
  kept=$((kept + 1))
  [ "$kept" -gt "$keep" ] || continue
  say "deleting $old"
  # Renamed to the incomplete one: if this is interrupted, the next run deletes the rest.
  mv -T "$old" "$partial"
  rm -rf --one-file-system "$partial"
done < <(find "$folder" -mindepth 1 -maxdepth 1 -type d -name "$what-*" -printf '%f\n' | sort -r)
