# SPDX-License-Identifier: LGPL-2.1-or-later
"""Reads one .lmtp file: headers and steps (see README in this folder)."""
import os
import re

from agent import Trouble, full_name

LIMIT = 10
CAPS = 'PIPELINING ENHANCEDSTATUSCODES 8BITMIME CHUNKING'
HEADER = re.compile(r'(conf|alias|nameplate|before|store|raw|slow)'
                    r'(?::\s*(.*))?$')


class Step:
    def __init__(self, number, text):
        self.number, self.text, self.block = number, text, None


class Conversation:
    """The text of a .lmtp file, cut into headers and steps."""

    def __init__(self, path):
        self.path = path
        self.name = os.path.basename(path)[:-len('.lmtp')]
        self.conf, self.commands, self.before = {}, [], []
        self.caps, self.raw, self.limit = CAPS, False, LIMIT
        self.steps = []
        with open(path, encoding='utf-8', newline='\n') as lines:
            for number, line in enumerate(lines, 1):
                self._line(number, line.rstrip('\n'))

    def _line(self, number, line):
        if line.startswith('|'):
            if not self.steps:
                raise Trouble(f'{self.path}:{number}: a block without a step')
            step = self.steps[-1]
            step.block = (step.block or []) + [line[1:]]
        elif line and not line.startswith('#'):
            header = None if self.steps else HEADER.match(line)
            if header:
                self._header(*header.groups())
            elif line.startswith('include '):
                self._include(number, line.split()[1])
            else:
                self.steps.append(Step(number, line))

    def _include(self, number, name):
        folder = os.path.join(os.path.dirname(self.path), 'common')
        with open(os.path.join(folder, name), encoding='utf-8') as lines:
            for line in lines:
                self._line(number, line.rstrip('\n'))

    def _header(self, name, value):
        if name == 'conf':
            key, setting = value.split(' = ', 1)
            self.conf[full_name(key)] = setting
        elif name == 'alias':
            self.commands.append('add --no-probe ' + value)
        elif name == 'nameplate':
            self.commands.append(value)
        elif name == 'before':
            self.before.append(value)
        elif name == 'store':
            self.caps = value or ''
        elif name == 'raw':
            self.raw = True
        elif name == 'slow':
            self.limit = int(value)

    def map_conf(self):
        return {k: v for k, v in self.conf.items() if k.startswith('map.')}
