"""Listens where systemd would, on the datagram socket named, and prints each message as a line of JSON."""

import json
import socket
import sys

listening = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
listening.bind(sys.argv[1])
print("null", flush=True)
while True:
    # Descriptors that come along are closed with the message: so systemd-notify learns that it was taken.
    message = listening.recv(65536).decode()
    # With which systemd-notify asks whether what it said before was taken.
    if message != "BARRIER=1":
        print(json.dumps(message.split("\n")), flush=True)
