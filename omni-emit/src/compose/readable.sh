unreadable=()
# look_at SERVICE UID GID PATH: finds the files below PATH that the user of a container cannot read. The folders above PATH do not matter for
# a mount, so root opens PATH and the user starts there. find must be able to return to the folder that it is started in.
look_at() {
  local seen
  seen=$(env --chdir=/ setpriv --reuid "$2" --regid "$3" --clear-groups --bounding-set=-all --inh-caps=-all \
    find -H /proc/self/fd/4 \( -type d \( ! -readable -o ! -executable \) -prune -o ! -readable \) -printf ' %p' 4<"$bundle/$4")
  [ -z "$seen" ] || unreadable+=("$1 (user $2:$3):${seen//'/proc/self/fd/4'/"$bundle/$4"}")
}
{%- for mount in mounts %}
look_at {{ mount.service }} {{ mount.user.uid }} {{ mount.user.gid }} {{ mount.path }}
{%- endfor %}
[ -z "${unreadable[*]-}" ] ||
  fail "containers cannot read the files that they mount: $(printf '%s; ' "${unreadable[@]}")make the bundle readable for everybody: chmod -R a+rX $bundle"
