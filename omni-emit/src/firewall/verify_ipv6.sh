if [ ! -e /proc/net/if_inet6 ]; then
  echo 'the kernel has no IPv6'
  return 0
fi
input=$(ip6tables -S INPUT)
diff <(printf '%s\n' '-P INPUT DROP' '-A INPUT -i lo -j ACCEPT') <(echo "$input")
