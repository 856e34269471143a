# SPDX-License-Identifier: LGPL-2.1-or-later
# The agent nameplate-lmtpd(8). Reading order: a file includes only headers of
# files that stand later in its list.

# In the tarball also where the agent is left out.
EXTRA_DIST += lmtp/nameplate-lmtpd.8

if WITH_AGENT
# The only file that includes GMime.
noinst_LTLIBRARIES += liblmtp-message-id.la
liblmtp_message_id_la_SOURCES = lmtp/message-id.c lmtp/header.h
liblmtp_message_id_la_CFLAGS = $(NP_CFLAGS) $(GMIME_CFLAGS)
liblmtp_message_id_la_LIBADD = $(GMIME_LIBS)
endif

# What needs neither sockets nor GMime; nameplate(1) explains with it too.
noinst_LTLIBRARIES += liblmtp-pure.la
liblmtp_pure_la_SOURCES = \
	lmtp/command.c \
	lmtp/parameter.c lmtp/parameter.h \
	lmtp/command.h \
	lmtp/stamp.c \
	lmtp/mark.c lmtp/mark.h \
	lmtp/mark-key.c lmtp/mark-key.h \
	lmtp/stamp.h \
	lmtp/header.c lmtp/header.h \
	lmtp/reply-relay.c \
	lmtp/store-reply.c \
	lmtp/reply.c \
	lmtp/reply-line.c lmtp/reply-line.h \
	lmtp/reply.h \
	lmtp/netstring.c lmtp/netstring.h \
	lmtp/dots.c lmtp/dots.h
liblmtp_pure_la_CFLAGS = $(NP_CFLAGS) $(GLIB_CFLAGS)
liblmtp_pure_la_LIBADD = libaliasmap.la $(GLIB_LIBS)

if WITH_AGENT
noinst_LTLIBRARIES += liblmtp.la
liblmtp_la_SOURCES = \
	lmtp/listener.c lmtp/listener.h \
	lmtp/socketmap.c lmtp/socketmap.h \
	lmtp/session.c \
	lmtp/session-command.c lmtp/session-command.h \
	lmtp/session.h \
	lmtp/transaction.c lmtp/transaction.h \
	lmtp/delivery.c lmtp/delivery.h \
	lmtp/recipient.c lmtp/recipient.h \
	lmtp/question.c lmtp/question.h \
	lmtp/metrics.c \
	lmtp/pool.c lmtp/pool.h \
	lmtp/pool-pass.c \
	lmtp/pool-line.c lmtp/pool-line.h \
	lmtp/relay.c \
	lmtp/relay-send.c lmtp/relay-send.h \
	lmtp/relay.h \
	lmtp/exchange.c lmtp/exchange.h \
	lmtp/lookup.c lmtp/lookup.h \
	lmtp/log.c \
	lmtp/agent.h \
	lmtp/metrics.h \
	lmtp/spool.c lmtp/spool.h \
	lmtp/stream.c lmtp/stream.h \
	lmtp/socket.c lmtp/socket.h \
	lmtp/log.h
liblmtp_la_CFLAGS = $(NP_CFLAGS) $(GLIB_CFLAGS) $(EVENT_CFLAGS) \
	$(SYSTEMD_CFLAGS) -pthread
liblmtp_la_LIBADD = liblmtp-pure.la liblmtp-message-id.la libconf.la \
	libaliasmap.la $(GLIB_LIBS) $(EVENT_LIBS) $(SYSTEMD_LIBS) -lpthread

sbin_PROGRAMS += nameplate-lmtpd
dist_man_MANS += lmtp/nameplate-lmtpd.8
nameplate_lmtpd_SOURCES = lmtp/main.c
nameplate_lmtpd_CFLAGS = $(NP_CFLAGS) $(NP_PIE_CFLAGS) $(GLIB_CFLAGS) \
	$(EVENT_CFLAGS) $(SYSTEMD_CFLAGS)
nameplate_lmtpd_LDADD = liblmtp.la
endif
