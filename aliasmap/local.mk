# SPDX-License-Identifier: LGPL-2.1-or-later
# The alias map. Reading order: a file includes only headers of files that
# stand later in this list.
noinst_LTLIBRARIES += libaliasmap.la
libaliasmap_la_SOURCES = \
	aliasmap/check.c \
	aliasmap/check-role.c aliasmap/check-role.h \
	aliasmap/check.h \
	aliasmap/edit-guard.c \
	aliasmap/edit-move.c \
	aliasmap/edit.c \
	aliasmap/edit-rule.c \
	aliasmap/edit-name.c aliasmap/edit-name.h \
	aliasmap/edit.h \
	aliasmap/known.h \
	aliasmap/string-set.c aliasmap/string-set.h \
	aliasmap/resolve.c aliasmap/resolve.h \
	aliasmap/list.c \
	aliasmap/map-verify.c \
	aliasmap/verify-walk.c aliasmap/verify-walk.h \
	aliasmap/map-write.c \
	aliasmap/map-change.c aliasmap/map-change.h \
	aliasmap/map-write.h \
	aliasmap/map-publish.c aliasmap/map-publish.h \
	aliasmap/map-lock.c aliasmap/map-lock.h \
	aliasmap/map-edit-db.c aliasmap/map-edit-db.h \
	aliasmap/map.c aliasmap/map-int.h aliasmap/map.h \
	aliasmap/map-db.c aliasmap/map-db.h \
	aliasmap/map-meta.c aliasmap/map-meta.h \
	aliasmap/generation.c aliasmap/generation.h \
	aliasmap/generation-name.c aliasmap/generation-name.h \
	aliasmap/map-step.c aliasmap/map-step.h \
	aliasmap/alias.c aliasmap/alias.h \
	aliasmap/name.c \
	aliasmap/address.c \
	aliasmap/domain.c \
	aliasmap/xtext.c \
	aliasmap/local-part.c aliasmap/local-part.h \
	aliasmap/address.h \
	aliasmap/text.c aliasmap/text.h \
	aliasmap/clock.c aliasmap/clock.h \
	aliasmap/error.c aliasmap/error.h
libaliasmap_la_CFLAGS = $(NP_CFLAGS) $(DB_CFLAGS) $(IDN2_CFLAGS) $(XXHASH_CFLAGS)
libaliasmap_la_LIBADD = $(DB_LIBS) $(IDN2_LIBS) $(XXHASH_LIBS)
