# SPDX-License-Identifier: LGPL-2.1-or-later
# nameplate.conf, read by the command and the agent. Reading order: a file
# includes only headers of files that stand later in this list.
noinst_LTLIBRARIES += libconf.la
libconf_la_SOURCES = \
	conf/settings.c \
	conf/value.c conf/value.h \
	conf/check.c conf/check.h \
	conf/endpoint.c conf/settings.h
libconf_la_CFLAGS = $(NP_CFLAGS) $(GLIB_CFLAGS)
libconf_la_LIBADD = libaliasmap.la $(GLIB_LIBS)

dist_man_MANS += conf/nameplate.conf.5
dist_doc_DATA += conf/nameplate.conf.example
