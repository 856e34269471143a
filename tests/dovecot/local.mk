# SPDX-License-Identifier: LGPL-2.1-or-later
# The judge for the tests with a real Dovecot; they run it themselves.
if WITH_AGENT
check_PROGRAMS += tests/dovecot/same-parts
tests_dovecot_same_parts_SOURCES = tests/dovecot/same-parts.c
tests_dovecot_same_parts_CFLAGS = $(AM_CFLAGS) $(GMIME_CFLAGS)
tests_dovecot_same_parts_LDADD = $(GMIME_LIBS)
endif
