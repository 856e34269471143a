# SPDX-License-Identifier: LGPL-2.1-or-later
# The command nameplate(1): a table of subcommands, one file each. libcli is
# the part without a host, which doveadm uses too. Reading order: a file
# includes only headers of files that stand later in this list.
noinst_LTLIBRARIES += libcli.la
libcli_la_SOURCES = \
	cli/list-format.c cli/list-format.h \
	cli/import.c \
	cli/import-csv.c \
	cli/import-json.c \
	cli/import-postfix.c \
	cli/import-entry.c cli/import-entry.h \
	cli/import.h \
	cli/date.c cli/date.h
libcli_la_CFLAGS = $(NP_CFLAGS) $(JANSSON_CFLAGS)
libcli_la_LIBADD = libaliasmap.la $(JANSSON_LIBS)
