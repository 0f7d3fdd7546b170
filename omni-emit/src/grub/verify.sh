missing=()
parameters=({% for parameter in parameters %}{% if !loop.first %} {% endif %}{{ parameter }}{% endfor %})
for parameter in "${parameters[@]}"; do
  grep -qzxF -- "$parameter" < <(tr ' \n' '\0\0' </proc/cmdline) || missing+=("$parameter")
done
[ -z "${missing[*]-}" ] || fail "not on the kernel's command line: ${missing[*]}"
