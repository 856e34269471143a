#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""An LMTP store that only answers questions, from a script.

usage: fake-store.py SOCKET SCRIPT

SOCKET is a path, or "inet" for a port of 127.0.0.1.

SCRIPT holds one "ADDRESS REPLY" a line and is read again for each RCPT;
"*@domain" stands for every other name of a domain. What is not in it is
"550 5.1.1 <ADDRESS> User doesn't exist: ADDRESS", as Dovecot says. A REPLY of
"close" hangs up, "silent" never answers. Prints "ready" and its port when it listens; every
RCPT is appended to SCRIPT.log."""
import os
import socket
import sys
import threading


def reply(script, address):
    with open(script + ".log", "a") as log:
        log.write(address + "\n")
    lines = [line.split(None, 1) for line in open(script) if line.strip()]
    table = {words[0].lower(): words[1].strip() for words in lines}
    address = address.lower()
    domain = "*@" + address.rpartition("@")[2]
    return table.get(address) or table.get(domain) or \
        "550 5.1.1 <%s> User doesn't exist: %s" % (address, address)


def serve(client, script):
    try:
        talk(client, script)
    except OSError:
        pass    # whoever asked has gone


def talk(client, script):
    with client, client.makefile("rwb", buffering=0) as stream:
        stream.write(b"220 fake LMTP\r\n")
        mail = False
        for line in stream:
            word = line.split()[0].upper() if line.split() else b""
            if word == b"LHLO":
                answer = "250-fake\r\n250-PIPELINING\r\n" \
                         "250 ENHANCEDSTATUSCODES"
            elif word == b"MAIL":
                assert not mail, "MAIL twice"
                mail = True
                answer = "250 2.1.0 OK"
            elif word == b"RCPT":
                assert mail, "RCPT before MAIL"
                text = line.decode()
                answer = reply(script, text[text.index("<") + 1:
                                            text.index(">")])
                if answer == "close":
                    return
                if answer == "silent":
                    continue
            elif word == b"RSET":
                mail = False
                answer = "250 2.0.0 OK"
            elif word == b"QUIT":
                stream.write(b"221 2.0.0 Bye\r\n")
                return
            else:
                answer = "500 5.5.2 Unknown command"
            stream.write(answer.encode() + b"\r\n")


def main():
    path, script = sys.argv[1:]
    if os.path.exists(path):
        os.unlink(path)
    if path == "inet":
        listener = socket.create_server(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    else:
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(path)
        listener.listen(50)
        port = 0
    print("ready %d" % port, flush=True)
    while True:
        client, _ = listener.accept()
        threading.Thread(target=serve, args=(client, script),
                         daemon=True).start()


main()
