# SPDX-License-Identifier: LGPL-2.1-or-later
"""A temporary folder that is removed unless a test in it failed."""
import os
import shutil
import tempfile


class Folder:
    def __init__(self, name="test"):
        self.path = tempfile.mkdtemp(prefix="nameplate-%s-" % name)
        self.keep = bool(os.environ.get("NAMEPLATE_KEEP"))
        # Daemons that run as other users must reach their files.
        os.chmod(self.path, 0o755)

    def join(self, *names):
        return os.path.join(self.path, *names)

    def make(self, *names, mode=0o755, owner=None):
        """A folder below this one; owner is a numeric uid (and gid)."""
        path = self.join(*names)
        os.makedirs(path, exist_ok=True)
        os.chmod(path, mode)
        if owner is not None:
            os.chown(path, owner, owner)
        return path

    def write(self, name, content, mode=0o644):
        path = self.join(name)
        if isinstance(content, str):
            content = content.encode()
        with open(path, "wb") as file:
            file.write(content)
        os.chmod(path, mode)
        return path

    def remove(self):
        if self.keep:
            print("kept: %s" % self.path, flush=True)
        else:
            shutil.rmtree(self.path, ignore_errors=True)
