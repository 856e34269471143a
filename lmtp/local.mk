# SPDX-License-Identifier: LGPL-2.1-or-later
# The agent nameplate-lmtpd(8). Reading order: a file includes only headers of
# files that stand later in this list.
