"""On PYTHONPATH, this takes the network away from a Python process, but not localhost."""

import socket

getaddrinfo, connect = socket.getaddrinfo, socket.socket.connect


def local_getaddrinfo(host, *arguments, **options):
    if host not in ("127.0.0.1", "localhost"):
        raise OSError("the tests run without a network")
    return getaddrinfo(host, *arguments, **options)


def local_connect(self, address):
    if address[0] not in ("127.0.0.1", "localhost"):
        raise OSError("the tests run without a network")
    return connect(self, address)


socket.getaddrinfo = local_getaddrinfo
socket.socket.connect = local_connect
