"""urllib-get.py URL PATH: saves what is at the URL."""
import shutil
import sys
import urllib.request

url, path = sys.argv[1:]
with urllib.request.urlopen(url) as response, open(path, "wb") as file:
    shutil.copyfileobj(response, file)
