# release: prints the date of the release that the shell finds, or 0. Debian's version is `0.0~20221219.0`, gVisor's own `release-20260817.0`.
release() {
  local version
  version=$(runsc --version 2>/dev/null || true)
  [[ $version =~ 20[0-9]{6} ]] || BASH_REMATCH=(0)
  echo "${BASH_REMATCH[0]}"
}
