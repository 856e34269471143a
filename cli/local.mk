# SPDX-License-Identifier: LGPL-2.1-or-later
# The command nameplate(1): a table of subcommands, one file each.
