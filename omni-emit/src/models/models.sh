#!/usr/bin/env bash
{{ header.hash()|safe }}
#
# Downloads the model files. Files that exist already are not downloaded again.
# --required: leave out optional models.
{% include "preamble.sh" %}

me=models
{% include "operations/failures.sh" %}

required_only=no
case "${1-}" in
  "") ;;
  --required) required_only=yes ;;
  *) fail "unknown argument $1; the only one is --required" ;;
esac

[ "$EUID" -eq 0 ] || fail "run this as root"
folder={{ folder }}
[ -d "$folder" ] || fail "$folder does not exist: run storage.sh first"
operator=${OMNI_OPERATOR:-${SUDO_USER:-root}}
id -u "$operator" >/dev/null || fail "there is no user $operator: set OMNI_OPERATOR"

# The client is installed in a virtual environment: the system's Python belongs to the distribution (PEP 668). pip refuses packages that are
# not listed or have another SHA-256. It builds nothing: packages are unpacked, and none of their code runs.
here=$(dirname "${BASH_SOURCE[0]}")
here=$(cd "$here" && pwd)
venv={{ venv }}
if ! cmp -s "$here/huggingface.txt" "$venv/huggingface.txt" || ! "$venv/bin/hf" version >/dev/null 2>&1; then
  python3 -m venv --clear "$venv" || fail "cannot create a virtual environment at $venv: install python3-venv"
  "$venv/bin/pip" install --quiet --require-hashes --only-binary :all: --requirement "$here/huggingface.txt" ||
    fail "pip could not install huggingface_hub in $venv; nothing of it was run"
  cp "$here/huggingface.txt" "$venv"
fi

bytes_free() { df --output=avail -B1 "$folder" | tail -n 1 | tr -d ' '; }
bytes_in() { if [ -d "$1" ]; then du -sB1 --apparent-size "$1" | cut -f1; else echo 0; fi; }

{%- if tokens %}
# token NAME: prints the hub's token from the secrets, or nothing
token() { sed -n "s/^$1=//p" {{ secrets }}; }
{%- endif %}

# download DIRECTORY SIZE AT_LEAST REPOSITORY ARGUMENT…: SIZE bytes must fit on the disk, and at least AT_LEAST must be there afterwards.
download() {
  local directory=$1 size=$2 at_least=$3 have missing free file
  have=$(bytes_in "$directory")
  missing=$((size - have))
  free=$(bytes_free)
  [ "$free" -ge "$missing" ] || fail "$directory needs $missing more bytes, but $folder has only $free"
  runuser -u "$operator" -- "$venv/bin/hf" download "${@:4}" --local-dir "$directory" ||
    fail "the download to $directory was interrupted, with $(bytes_free) bytes free in $folder; run this again to continue"
  file=$(find "$directory" -type f -not -path '*/.cache/*' -print -quit)
  [ -n "$file" ] || fail "nothing was downloaded to $directory: do the patterns match any file?"
  have=$(bytes_in "$directory")
  [ "$have" -ge "$at_least" ] || fail "$directory holds $have bytes, but should hold at least $at_least"
}
{%- if sums %}

# compare DIRECTORY SUMS: compares each file with its SHA-256. A file is compared again only after a change.
compare() {
  local directory=$1 sums=$2 compared=$venv/compared/${1##*/} file again=no
  [ "$(cat "$compared" 2>/dev/null)" = "$sums" ] || again=yes
  while read -r _ file; do
    [ -f "$directory/$file" ] || fail "$directory/$file was not downloaded: do the patterns of include match it?"
    [ ! "$directory/$file" -nt "$compared" ] || again=yes
  done <<<"$sums"
  [ "$again" = yes ] || return 0
  echo "models: comparing the files in $directory with their SHA-256; this takes minutes if they are large"
  (cd "$directory" && sha256sum --check --quiet --strict <<<"$sums") ||
    fail "the files in $directory that are listed above have the wrong SHA-256: delete them, and run this again"
  mkdir -p "$venv/compared"
  echo "$sums" >"$compared"
}
{%- endif %}
{%- for download in downloads %}

# {{ download.model.title|comment }}
{%- if download.model.optional %}
if [ "$required_only" = no ]; then
{%- endif %}
{%- if let Some(token) = download.model.token %}
{{ download.indent()|safe }}token=$(token {{ token }})
{%- endif %}
{{ download.indent()|safe }}{% if download.model.token.is_some() %}HF_TOKEN=$token {% endif -%}
download {{ download.directory }} {{ download.size }} {{ download.at_least }} {{ download.model.repository }}
{%- for pattern in download.model.include %} --include {{ pattern }}{% endfor %}
{%- if let Some(revision) = download.model.revision %} --revision {{ revision }}{% endif %}
{%- if !download.model.sha256.is_empty() %}
{{ download.indent()|safe }}compare {{ download.directory }} "$(printf '%s  %s\n'
{%- for (file, sum) in download.model.sha256 %} \
{{ download.indent()|safe }}  {{ sum }} {{ file }}
{%- endfor %})"
{%- endif %}
{%- if download.model.optional %}
fi
{%- endif %}
{%- endfor %}
