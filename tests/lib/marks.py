# SPDX-License-Identifier: LGPL-2.1-or-later
"""X-Nameplate-Mark, checked with nothing but the description of it."""
import base64
import hashlib
import hmac
import re

FORM = re.compile(
    r"v=1; k=([^;\s]+); t=([0-9]+); n=([0-9]+); m=([A-Za-z0-9_-]*); "
    r"r=([^;\s]+); h=([A-Za-z0-9_-]+)$")


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Mark:
    def __init__(self, value):
        found = FORM.match(value)
        if not found:
            raise AssertionError("not a mark: %r" % value)
        self.key_id, self.time, self.count, self.message, self.nonce, \
            self.hash = found.groups()

    def is_for(self, mailbox, key_file):
        """Whether a key of the file's text signed it for the mailbox ("" for
        a shared mark)."""
        for line in key_file.splitlines():
            key_id, _, key = line.partition(" ")
            if key_id == self.key_id:
                text = "\n".join(("1", self.key_id, self.time, self.count,
                                  self.message, self.nonce, mailbox))
                made = hmac.new(bytes.fromhex(key), text.encode(),
                                hashlib.sha256).digest()[:16]
                return hmac.compare_digest(base64url(made), self.hash)
        return False

    def is_of(self, message_id):
        """message_id: without angle brackets; "" for a message without."""
        if not message_id:
            return self.message == ""
        return self.message == base64url(
            hashlib.sha256(message_id.encode()).digest()[:12])
