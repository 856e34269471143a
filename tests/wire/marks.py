# SPDX-License-Identifier: LGPL-2.1-or-later
"""X-Nameplate-Mark, made and judged a second time, from the document alone:
the tests neither ask the agent what a mark is nor share code with it."""
import base64
import hashlib
import hmac
import re
import time

KEY_ID = 'k1'
KEYS = {'k1': bytes.fromhex('00112233445566778899aabbccddeeff' * 2),
        'k2': bytes.fromhex('ffeeddccbbaa99887766554433221100' * 2)}

FIELD = re.compile(r'X-Nameplate-Mark: v=1; k=([^;\s]+); t=(\d+); n=(\d+); '
                   r'm=([A-Za-z0-9_-]*); r=([A-Za-z0-9_-]+); '
                   r'h=([A-Za-z0-9_-]+)')


def _b64(octets):
    return base64.urlsafe_b64encode(octets).rstrip(b'=').decode()


def digest(message_id):
    """m= of a Message-ID without angle brackets; '' without one."""
    if not message_id:
        return ''
    return _b64(hashlib.sha256(message_id.encode()).digest()[:12])


def mac(key, k, t, n, m, r, mailbox):
    text = '\n'.join(['1', k, str(t), str(n), m, r, mailbox])
    return _b64(hmac.new(key, text.encode(), hashlib.sha256).digest()[:16])


def make(mailbox='', message_id='', n=0, age=0, key=KEY_ID, nonce='AAAAAAAAAAA',
         forged=False, now=None):
    """The whole field, without its line end."""
    t, m = int(now or time.time()) - int(age), digest(message_id)
    h = mac(KEYS[key], key, t, n, m, nonce, mailbox)
    if forged:
        h = ('B' if h[0] == 'A' else 'A') + h[1:]
    return f'X-Nameplate-Mark: v=1; k={key}; t={t}; n={n}; m={m}; r={nonce}; h={h}'


def judge(line, mailbox, n, message_id=None, key=KEY_ID):
    """Why line is not the mark that is expected, or ''."""
    match = FIELD.fullmatch(line)
    if not match:
        return 'this is no mark'
    k, t, count, m, r, h = match.groups()
    if k != key:
        return f'key {k} instead of {key}'
    if abs(int(t) - time.time()) > 120:
        return f't={t} is not now'
    if int(count) != int(n):
        return f'n={count} instead of n={n}'
    if h != mac(KEYS[key], k, t, count, m, r, mailbox):
        return f'the MAC is not that of mailbox {mailbox!r}'
    if message_id is not None and m != digest(message_id):
        return f'm= is not that of Message-ID {message_id!r}'
    return ''
