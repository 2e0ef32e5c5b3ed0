"""libtorrent-get.py TORRENT DIRECTORY: downloads from the torrent's web seeds alone."""
import sys
import libtorrent as lt

torrent, directory = sys.argv[1:]
session = lt.session({
    "listen_interfaces": "127.0.0.1:0",
    "enable_dht": False,
    "enable_lsd": False,
    "enable_upnp": False,
    "enable_natpmp": False,
    "alert_mask": lt.alert.category_t.status_notification | lt.alert.category_t.error_notification,
    # The proxy is on the loopback, which libtorrent takes for a trap otherwise.
    "ssrf_mitigation": False,
})
handle = session.add_torrent({"ti": lt.torrent_info(torrent), "save_path": directory})
while not handle.status().is_seeding:
    session.wait_for_alert(1000)
    for alert in session.pop_alerts():
        if isinstance(alert, (lt.url_seed_alert, lt.torrent_error_alert, lt.file_error_alert)):
            print(alert.message(), file=sys.stderr)
