# SPDX-License-Identifier: LGPL-2.1-or-later
# Conversations with the real agent; tests/run calls tests/wire/run.
# The whole folder: a new conversation is a new file and nothing else.
EXTRA_DIST += tests/wire
