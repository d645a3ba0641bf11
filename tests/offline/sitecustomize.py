"""On PYTHONPATH, this takes the network away from a Python process."""

import socket


def refuse(*arguments, **options):
    raise OSError("the tests run without a network")


socket.getaddrinfo = refuse
socket.socket.connect = refuse
