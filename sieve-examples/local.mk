# SPDX-License-Identifier: LGPL-2.1-or-later
# Scripts to copy from; tests/sieve compiles and runs every one.
sieveexamplesdir = $(docdir)/sieve-examples
dist_sieveexamples_DATA = \
	sieve-examples/archive-copy.sieve \
	sieve-examples/burner.sieve \
	sieve-examples/catch-all-quarantine.sieve \
	sieve-examples/folder-per-alias.sieve \
	sieve-examples/forward-per-alias.sieve \
	sieve-examples/no-reply.sieve \
	sieve-examples/note-as-folder.sieve \
	sieve-examples/only-once.sieve \
	sieve-examples/role-routing.sieve \
	sieve-examples/tags-to-folders.sieve \
	sieve-examples/vacation-per-alias.sieve \
	sieve-examples/vendor-leak.sieve
