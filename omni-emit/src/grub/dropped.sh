# Prints GRUB_CMDLINE_LINUX and GRUB_CMDLINE_LINUX_DEFAULT with another text in the place of our drop-in. As grub-mkconfig does it:
# /etc/default/grub, then the drop-ins in the order of their names.
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
# What is on the kernel's command line beyond that came from elsewhere, and a new configuration of GRUB may lose it. Once our drop-in
# is in place, what came before it has been settled.
running=
[ -e {{ target }} ] || running=$(cat /proc/cmdline)
may_go=({% for parameter in drops %}{% if !loop.first %} {% endif %}{{ parameter }}{% endfor %})
dropped=() key={{ key }}
read -ra parameters <<<"$without $running"
for parameter in "${parameters[@]}"; do
  case $parameter in
    # grub-mkconfig and the boot loader write these by themselves; what follows -- is not the kernel's.
    BOOT_IMAGE=* | root=* | ro | rw | initrd=* | rootflags=subvol=* | rootfstype=* | recovery | dis_ucode_ldr | vt.handoff=*) continue ;;
    --) break ;;
  esac
  case " $with ${may_go[*]-} ${dropped[*]-} " in
    *" $parameter "*) ;;
    *) dropped+=("$parameter") ;;
  esac
done
[ -z "${dropped[*]-}" ] ||
  fail "the machine's own kernel parameters would be dropped: ${dropped[*]}: add each to $key.parameters, or to $key.drops if it may go"
