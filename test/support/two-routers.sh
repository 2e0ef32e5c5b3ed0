#!/bin/bash
# Two peers behind a router with NAT each, and a public network between them, all on this machine.
# Run it in namespaces of its own (nat.test.ts): bash two-routers.sh DIRECTORY PROGRAM ARGUMENT ...
set -euo pipefail
root=$1
shift
program=("$@")
public=203.0.113
torrent=6881 voucher=6882
fg() { "${program[@]}" "$@"; }
in_peer() { ip netns exec "peer$1" "${program[@]}" "${@:2}"; }

mount -t tmpfs tmpfs /run # ip keeps the names of namespaces there
ip link set lo up
echo 1 >/proc/sys/net/ipv4/ip_forward
for n in 0 1; do
  ours=$public.$((4 * n + 1)) theirs=$public.$((4 * n + 2))
  ip netns add "router$n"
  ip netns add "peer$n"
  ip link add "wan$n" type veth peer name wan netns "router$n"
  ip addr add "$ours/30" dev "wan$n"
  ip link set "wan$n" up
  ip -n "router$n" addr add "$theirs/30" dev wan
  ip -n "router$n" link add lan type veth peer name eth0 netns "peer$n"
  ip -n "router$n" addr add "10.$n.0.1/24" dev lan
  ip -n "peer$n" addr add "10.$n.0.2/24" dev eth0
  for at in "router$n lo" "router$n wan" "router$n lan" "peer$n lo" "peer$n eth0"; do
    ip -n "${at% *}" link set "${at#* }" up
  done
  ip -n "router$n" route add default via "$ours"
  ip -n "peer$n" route add default via "10.$n.0.1"
  ip netns exec "router$n" sh -c "echo 1 >/proc/sys/net/ipv4/ip_forward"
  ip netns exec "router$n" nft -f - <<RULES
table ip nat {
  chain in { type nat hook prerouting priority -100; }
  chain out { type nat hook postrouting priority 100; oifname wan masquerade; }
}
RULES
done
# As a router does that was asked for it (--map-ports), or set so by hand.
forward() { ip netns exec "router$1" nft add rule ip nat in iifname wan tcp dport \
  "{ $torrent, $voucher }" dnat to "10.$1.0.2"; }
forward_nothing() { ip netns exec "router$1" nft flush chain ip nat in; }

# A server of the public network: waits until it says that it is ready.
serve() {
  local log=$root/$1.log
  touch "$log"
  shift
  "$@" --json >"$log" 2>&1 &
  grep -q '"event":"ready"' <(tail -n +1 -f --pid=$! "$log")
}
# One answer: what happened, the exit code, and the last line of the program.
tell() { printf '{"case":"%s","exitCode":%d,"last":%s}\n' "$1" "$2" "$(tail -n 1 "$root/get.log")"; }
buy() {
  local code=0
  in_peer 1 get "$id" --out "$root/$2" --home "$root/$2" --host 10.1.0.2 --torrent-port $torrent \
    --voucher-port $voucher --wait "$3" --yes --json >"$root/get.log" 2>/dev/null || code=$?
  tell "$1" "$code"
}

authority=http://$public.1:8600
serve chain fg chain --port 8545
fg deploy --rpc http://127.0.0.1:8545 --home "$root/authority" >/dev/null
serve authority fg authority start --rpc http://127.0.0.1:8545 --host $public.1 --port 8600 \
  --tracker-url http://$public.1:8700/announce --home "$root/authority"
serve tracker fg tracker start --authority $authority --host $public.1 --port 8700 --interval 5 \
  --home "$root/authority"
n=0
for who in seller near far none; do
  fg wallet new --home "$root/$who" >/dev/null
  in_peer $n register --authority $authority --deposit 1 --card 4242424242424242 \
    --home "$root/$who" >/dev/null
  n=1
done
head -c 4300000 /dev/urandom >"$root/film.bin"
id=$(in_peer 0 publish "$root/film.bin" --price 1 --home "$root/seller" --json | tail -n 1 |
  grep -o '"infoHash":"[0-9a-f]*"' | cut -d '"' -f 4)
serve seller in_peer 0 seed "$id" --file "$root/film.bin" --home "$root/seller" --host 10.0.0.2 \
  --torrent-port $torrent --voucher-port $voucher

buy "nobody can be reached" none 20
forward 1
buy "the buyer can be reached" far 120
forward_nothing 1
forward 0
buy "the seller can be reached" near 120
