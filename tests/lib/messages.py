# SPDX-License-Identifier: LGPL-2.1-or-later
"""Messages to send: ordinary ones, one with parts, and odd ones."""
import itertools

_number = itertools.count(1)


def plain(subject="a question", body="Good morning!\r\n", header=""):
    """An ordinary message with a Message-ID of its own. header: further
    fields, each with its line end, on top."""
    return (header + "From: Some Sender <sender@example.org>\r\n"
            "To: undisclosed-recipients:;\r\n"
            "Subject: %s\r\n"
            "Message-ID: <%d.test@example.org>\r\n"
            "Date: Fri, 14 Aug 2026 10:00:00 +0000\r\n"
            "\r\n%s" % (subject, next(_number), body)).encode()


def with_parts():
    """Text in two forms, an attachment and a forwarded message."""
    return (
        "From: =?utf-8?Q?J=C3=BCrgen?= <sender@example.org>\r\n"
        "Subject: =?utf-8?B?w4RuZGVydW5nZW4=?=\r\n"
        " folded =?utf-8?Q?line?=\r\n"
        "Message-ID: <%d.parts@example.org>\r\n"
        "Date: Fri, 14 Aug 2026 10:00:00 +0000\r\n"
        "MIME-Version: 1.0\r\n"
        "Content-Type: multipart/mixed;\r\n\tboundary=\"outer=_b\"\r\n"
        "\r\nno MIME\r\n"
        "--outer=_b\r\n"
        "Content-Type: multipart/alternative; boundary=inner\r\n\r\n"
        "--inner\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
        "Gr=C3=BC=C3=9Fe=20=\r\nund mehr\r\n.\r\n..dots\r\n"
        "--inner\r\n"
        "Content-Type: text/html; charset=utf-8\r\n"
        "Content-Transfer-Encoding: 8bit\r\n\r\n"
        "<p>Gr\u00fc\u00dfe</p>\r\n"
        "--inner--\r\n"
        "--outer=_b\r\n"
        "Content-Type: application/octet-stream\r\n"
        "Content-Transfer-Encoding: base64\r\n"
        "Content-Disposition: attachment; filename*=utf-8''%%C3%%A4.bin\r\n\r\n"
        "AAECAwQFBgcICQoLDA0ODw==\r\n"
        "--outer=_b\r\n"
        "Content-Type: message/rfc822\r\n\r\n"
        "Delivered-To: bob@company.com\r\n"
        "X-Nameplate-Mark: v=1; a mark in an attached message is none\r\n"
        "Subject: inner\r\n\r\nbody of the inner one\r\n"
        "--outer=_b--\r\nepilogue\r\n" % next(_number)).encode()


# Each ends with CRLF: by DATA a message has no other end.
ODD = {
    "dots": b"Subject: d\r\n\r\n.\r\n..\r\n.x\r\n...\r\n.\r\n",
    "dot first": b".leading: x\r\n\r\nbody\r\n",
    "nul": b"Subject: n\x00ul\r\n\r\na\x00b\x00\r\n",
    "8-bit": (b"Subject: \xff\xfe\r\n\r\n" + bytes(range(1, 10))
              + bytes(range(0x0e, 0x100)) + b"\r\n"),
    "bare cr": b"Subject: x\r\n\r\na\rb\rc\r\r\nd\r\n",
    "bare lf": b"Subject: x\r\n\r\na\nb\n\nc\r\n",
    "no header": b"\r\nonly a body\r\n",
    "no body": b"Subject: no body\r\n",
    "no body, empty line": b"Subject: no body\r\n\r\n",
    "nothing": b"\r\n",
    "malformed": b"no colon in this line\r\nSubject : x\r\n: y\r\n\r\nz\r\n",
    "from line": b"From somebody Fri Nov 20\r\nSubject: x\r\n\r\nz\r\n",
    "starts with space": b" folded: into what?\r\nSubject: x\r\n\r\nz\r\n",
    "starts with tab": b"\tfolded\r\n\r\nz\r\n",
    "empty lines": b"Subject: x\r\n\r\n" + b"\r\n" * 5000,
    "folded": b"Subject: a\r\n\tb\r\n c\r\nX: \r\n \r\n y\r\n\r\nz\r\n",
    "ends with dot": b"Subject: x\r\n\r\nz\r\n.\r\n",
    "long header line": b"Subject: " + b"h" * 200000 + b"\r\n\r\nz\r\n",
    "long body line": b"Subject: x\r\n\r\n" + b"b" * 10000000 + b"\r\n",
}
