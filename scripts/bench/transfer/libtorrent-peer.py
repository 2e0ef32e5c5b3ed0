"""One side of a free transfer with libtorrent, for comparison. Arguments: seed|download, metainfo, directory, seeder's port."""

import resource
import sys
import time

import libtorrent


def cpu_seconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


role, metainfo, directory, port = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
session = libtorrent.session(
    {
        "listen_interfaces": "127.0.0.1:%d" % (port if role == "seed" else 0),
        "enable_dht": False,
        "enable_lsd": False,
        "enable_upnp": False,
        "enable_natpmp": False,
        "enable_outgoing_utp": False,
        "enable_incoming_utp": False,
        "allow_multiple_connections_per_ip": True,
        "alert_mask": 0,
    }
)
torrent = session.add_torrent({"ti": libtorrent.torrent_info(metainfo), "save_path": directory})
for tracker in torrent.trackers():
    torrent.replace_trackers([])
if role == "seed":
    while not torrent.status().is_seeding:
        time.sleep(0.01)
    print("ready", flush=True)
    sys.stdin.readline()
    sys.exit(0)

info = torrent.torrent_file()
torrent.set_sequential_download(True)
while torrent.status().state in (torrent.status().states.checking_files, torrent.status().states.checking_resume_data):
    time.sleep(0.001)
torrent.connect_peer(("127.0.0.1", port))
while torrent.status().num_pieces == 0:
    time.sleep(0.001)
first, at_first, cpu_at_first = torrent.status().num_pieces, time.monotonic(), cpu_seconds()
while not torrent.status().is_seeding:
    time.sleep(0.001)
seconds, cpu = time.monotonic() - at_first, cpu_seconds() - cpu_at_first
print("%f %d %f" % (seconds, info.total_size() - first * info.piece_length(), cpu), flush=True)
