# read_rules: reads ufw's rules, as ufw shows them, into $rules, each with its comment.
declare -A rules=()
read_rules() {
  local line shown
  rules=()
  shown=$(LC_ALL=C ufw show added)
  while IFS= read -r line; do
    case $line in
    "ufw "*" comment '"*)
      line=${line%\'}
      rules[${line%% comment \'*}]=${line#* comment \'}
      ;;
    "ufw "*) rules[$line]='' ;;
    esac
  done <<<"$shown"
}
