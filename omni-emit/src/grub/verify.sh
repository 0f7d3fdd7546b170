missing=()
for parameter in{% for parameter in parameters %} {{ parameter }}{% endfor %}; do
  grep -qzxF -- "$parameter" < <(tr ' \n' '\0\0' </proc/cmdline) || missing+=("$parameter")
done
[ -z "${missing[*]-}" ] || fail "not on the kernel's command line: ${missing[*]}"
