# SPDX-License-Identifier: LGPL-2.1-or-later
"""What lies in a Maildir, read from the files (no IMAP in between)."""
import os
import re


class Message:
    def __init__(self, path):
        self.path = path
        with open(path, "rb") as file:
            self.bytes = file.read()
        self.inode = os.stat(path).st_ino

    def fields(self):
        """The header as [(name, unfolded value)], in order."""
        head = re.split(rb"\r?\n\r?\n", self.bytes, maxsplit=1)[0]
        unfolded = re.sub(rb"\r?\n([ \t])", rb"\1", head)
        result = []
        for line in re.split(rb"\r?\n", unfolded):
            name, colon, value = line.partition(b":")
            if colon:
                result.append((name.decode("latin-1"),
                               value.strip().decode("utf-8", "replace")))
        return result

    def all(self, name):
        """Every value of the field, topmost first."""
        return [value for key, value in self.fields()
                if key.lower() == name.lower()]


class Maildir:
    def __init__(self, path, mailbox="INBOX"):
        """A Maildir++: subfolders are ".Name"."""
        self.path = path if mailbox == "INBOX" else os.path.join(
            path, "." + mailbox.replace("/", "."))

    def files(self):
        found = []
        for part in ("new", "cur"):
            folder = os.path.join(self.path, part)
            if os.path.isdir(folder):
                found += [os.path.join(folder, name)
                          for name in os.listdir(folder)]
        # Names begin with the time; Dovecot's hold microseconds behind "M".
        return sorted(found, key=lambda path: [
            int(number) for number in re.findall(
                r"^([0-9]+)\.M([0-9]+)", os.path.basename(path))[0]])

    def messages(self):
        return [Message(path) for path in self.files()]

    def one(self):
        """The only message; anything else is an error."""
        found = self.messages()
        if len(found) != 1:
            raise AssertionError("%d messages in %s" % (
                len(found), self.path))
        return found[0]

    @staticmethod
    def counts(path):
        result = {}
        names = os.listdir(path) if os.path.isdir(path) else []
        for name in ["INBOX"] + [one[1:] for one in names
                                 if one.startswith(".")]:
            count = len(Maildir(path, name).files())
            if count:
                result[name] = count
        return result
