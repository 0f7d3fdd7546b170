#!/usr/bin/env bash
{{ header.hash()|safe }}
#
# Downloads the model files. What is there already is not downloaded again.
# --required: leaves out what the deployment runs without.
{% include "preamble.sh" %}

me=models
{% include "operations/failures.sh" %}

required_only=no
case "${1-}" in
  "") ;;
  --required) required_only=yes ;;
  *) fail "unknown argument $1; there is --required" ;;
esac

[ "$EUID" -eq 0 ] || fail "run this as root"
folder={{ folder }}
[ -d "$folder" ] || fail "$folder is not there: run storage.sh first"
operator=${OMNI_OPERATOR:-${SUDO_USER:-root}}
id -u "$operator" >/dev/null || fail "there is no user $operator: set OMNI_OPERATOR"

# The client lives in a virtual environment: the system's Python belongs to the distribution (PEP 668).
venv=/var/lib/omni/{{ deployment }}/huggingface
if ! "$venv/bin/hf" version 2>/dev/null | grep -qF -- {{ client }}; then
  python3 -m venv "$venv" || fail "no virtual environment at $venv: install python3-venv"
  "$venv/bin/pip" install --quiet {{ "huggingface_hub=={}"|format(client) }} || fail "$venv has no huggingface_hub: pip failed"
fi

bytes_free() { df --output=avail -B1 "$folder" | tail -n 1 | tr -d ' '; }
bytes_in() { if [ -d "$1" ]; then du -sB1 --apparent-size "$1" | cut -f1; else echo 0; fi; }

# download DIRECTORY SIZE AT_LEAST REPOSITORY ARGUMENT…: SIZE bytes must find room, and AT_LEAST must be there afterwards
download() {
  local directory=$1 size=$2 at_least=$3 have missing free file
  have=$(bytes_in "$directory")
  missing=$((size - have))
  free=$(bytes_free)
  [ "$free" -ge "$missing" ] || fail "$directory needs $missing more bytes, and $folder has $free"
  runuser -u "$operator" -- "$venv/bin/hf" download "${@:4}" --local-dir "$directory" ||
    fail "the download to $directory broke off, with $(bytes_free) bytes free in $folder; run this again to go on"
  file=$(find "$directory" -type f -not -path '*/.cache/*' -print -quit)
  [ -n "$file" ] || fail "nothing was downloaded to $directory: do the patterns match any file?"
  have=$(bytes_in "$directory")
  [ "$have" -ge "$at_least" ] || fail "$directory holds $have bytes, and should hold $at_least at least"
}
{%- for download in downloads %}

# {{ download.model.title|comment }}
{% if download.model.optional %}[ "$required_only" = yes ] || {% endif -%}
download {{ download.directory }} {{ download.size }} {{ download.at_least }} {{ download.model.repository }}
{%- for pattern in download.model.include %} --include {{ pattern }}{% endfor %}
{%- if let Some(revision) = download.model.revision %} --revision {{ revision }}{% endif %}
{%- endfor %}
