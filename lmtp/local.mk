# SPDX-License-Identifier: LGPL-2.1-or-later
# The agent nameplate-lmtpd(8). Reading order: a file includes only headers of
# files that stand later in its list.

# What needs neither sockets nor GMime; nameplate(1) explains with it too.
noinst_LTLIBRARIES += liblmtp-pure.la
liblmtp_pure_la_SOURCES = \
	lmtp/command.c \
	lmtp/parameter.c lmtp/parameter.h \
	lmtp/command.h \
	lmtp/reply-relay.c \
	lmtp/store-reply.c \
	lmtp/reply.c \
	lmtp/reply-line.c lmtp/reply-line.h \
	lmtp/reply.h
liblmtp_pure_la_CFLAGS = $(NP_CFLAGS) $(GLIB_CFLAGS)
liblmtp_pure_la_LIBADD = libaliasmap.la $(GLIB_LIBS)
