# Prints GRUB_CMDLINE_LINUX and GRUB_CMDLINE_LINUX_DEFAULT with another file in place of Omni's drop-in. Reads the files as grub-mkconfig
# does: /etc/default/grub, then the drop-ins in the order of their names.
# shellcheck disable=SC2016 # sh expands it.
reads_grub='
  exec 3>&1 >&2
  ours=$1 text=$2
  [ ! -f /etc/default/grub ] || . /etc/default/grub
  files=$(for file in /etc/default/grub.d/*.cfg "$ours"; do echo "$file"; done | LC_ALL=C sort -u) || exit
  printf "%s\n" "$files" | {
    while read -r file; do
      if [ "$file" = "$ours" ]; then file=$text; fi
      [ ! -f "$file" ] || . "$file"
    done
    echo "${GRUB_CMDLINE_LINUX-} ${GRUB_CMDLINE_LINUX_DEFAULT-}" | tr "\n" " " >&3
  }'
with=$(sh -c "$reads_grub" sh {{ target }} "$common"/{{ source }})
without=$(sh -c "$reads_grub" sh {{ target }} /dev/null)
# The running kernel may have other parameters, which a new configuration of GRUB could lose. Once Omni's drop-in is in place, these have
# been decided already.
running=
[ -e {{ target }} ] || running=$(cat /proc/cmdline)
may_go=({% for parameter in drops %}{% if !loop.first %} {% endif %}{{ parameter }}{% endfor %})
dropped=() key={{ key }}
read -ra parameters <<<"$without $running"
for parameter in "${parameters[@]}"; do
  case $parameter in
    # grub-mkconfig and the boot loader add these. Parameters after -- are not for the kernel.
    BOOT_IMAGE=* | root=* | ro | rw | initrd=* | rootflags=subvol=* | rootfstype=* | recovery | dis_ucode_ldr | vt.handoff=*) continue ;;
    --) break ;;
  esac
  case " $with ${may_go[*]-} ${dropped[*]-} " in
    *" $parameter "*) ;;
    *) dropped+=("$parameter") ;;
  esac
done
[ -z "${dropped[*]-}" ] ||
  fail "these kernel parameters of the machine would be lost: ${dropped[*]}: add each to $key.parameters, or to $key.drops if it may go"
