seen=$(apt-config dump Unattended-Upgrade::Package-Blacklist) || fail "apt cannot read its configuration"
for pattern in{% for pattern in patterns %} {{ pattern }}{% endfor %}; do
  grep -qxF "Unattended-Upgrade::Package-Blacklist:: \"$pattern\";" <<<"$seen" ||
    fail "apt does not hold back $pattern: see "{{ apt }}
done
cmp "$common"/{{ folder }}{{ needrestart }} {{ needrestart }} || fail {{ needrestart }} "differs from the emitted file"
