# SPDX-License-Identifier: LGPL-2.1-or-later
# The Sieve extension. Reading order: a file includes only headers of files
# that stand later in this list.
EXTRA_DIST += sieve-ext/spec-vnd-nameplate-alias.txt
dist_man_MANS += sieve-ext/nameplate-sieve.7

if WITH_DOVECOT
sieveplugindir = $(dovecot_moduledir)/sieve
sieveplugin_LTLIBRARIES = lib90_sieve_nameplate_plugin.la
lib90_sieve_nameplate_plugin_la_SOURCES = \
	sieve-ext/sieve-nameplate-plugin.c \
	sieve-ext/ext-alias.c \
	sieve-ext/ext-redirect-guard.c \
	sieve-ext/tst-alias.c \
	sieve-ext/var-alias.c \
	sieve-ext/ext-alias.h \
	sieve-ext/cmd-vacation.c \
	sieve-ext/used.c sieve-ext/used.h \
	sieve-ext/cmd-redirect.c \
	sieve-ext/ext-redirect-guard.h \
	sieve-ext/forwarded.c sieve-ext/forwarded.h \
	sieve-ext/guard.c sieve-ext/guard.h \
	sieve-ext/here.c sieve-ext/here.h \
	sieve-ext/plugin-settings.c sieve-ext/plugin-settings.h \
	sieve-ext/compat.h
lib90_sieve_nameplate_plugin_la_CPPFLAGS = $(AM_CPPFLAGS) $(DOVECOT_CPPFLAGS)
lib90_sieve_nameplate_plugin_la_CFLAGS = $(NP_CFLAGS)
# nodelete: Pigeonhole unloads its plugins with the last Sieve instance, in lmtp
# after each delivery; the open map is to stay.
lib90_sieve_nameplate_plugin_la_LDFLAGS = -module -avoid-version \
	-Wl,-z,nodelete $(NP_LDFLAGS)
lib90_sieve_nameplate_plugin_la_LIBADD = libaliasmap.la
endif

# Dovecot 2.4 must be told the names of settings before it meets them.
if WITH_DOVECOT_SETTINGS
settingsmoduledir = $(dovecot_moduledir)/settings
settingsmodule_LTLIBRARIES = libnameplate_settings.la
libnameplate_settings_la_SOURCES = \
	sieve-ext/settings-module.c \
	sieve-ext/plugin-settings.c sieve-ext/plugin-settings.h \
	sieve-ext/compat.h
libnameplate_settings_la_CPPFLAGS = $(AM_CPPFLAGS) $(DOVECOT_CPPFLAGS)
libnameplate_settings_la_CFLAGS = $(NP_CFLAGS)
libnameplate_settings_la_LDFLAGS = -module -avoid-version $(NP_LDFLAGS)
libnameplate_settings_la_LIBADD = libaliasmap.la
endif
