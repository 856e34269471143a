# SPDX-License-Identifier: LGPL-2.1-or-later
# nameplate.conf, read by the command and the agent.
