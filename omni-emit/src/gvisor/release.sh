# The release that is found first, by its date; 0 if there is none. Debian's says `0.0~20221219.0`, gVisor's own `release-20260817.0`.
release() {
  local version
  version=$(runsc --version 2>/dev/null || true)
  [[ $version =~ 20[0-9]{6} ]] || BASH_REMATCH=(0)
  echo "${BASH_REMATCH[0]}"
}
