# SPDX-License-Identifier: LGPL-2.1-or-later
# The command nameplate(1): a table of subcommands, one file each. libcli is
# the part without a host, which doveadm uses too. Reading order: a file
# includes only headers of files that stand later in this list.
bin_PROGRAMS += nameplate
nameplate_SOURCES = \
	cli/nameplate.c \
	cli/cmd-add.c \
	cli/cmd-show.c \
	cli/cmd-set.c \
	cli/cmd-enable.c \
	cli/cmd-move.c \
	cli/cmd-list.c \
	cli/cmd-explain.c \
	cli/explain-map.c cli/explain-map.h \
	cli/cmd-import.c \
	cli/cmd-check.c \
	cli/cmd-verify.c \
	cli/cmd-rollback.c \
	cli/cmd-apply.c \
	cli/options.c cli/options.h \
	cli/ask.c cli/ask.h \
	cli/probe.c cli/probe.h \
	cli/cli.c cli/cli.h \
	cli/audit.c cli/audit.h
nameplate_CFLAGS = $(NP_CFLAGS) $(NP_PIE_CFLAGS)
nameplate_LDADD = libcli.la libconf.la liblmtp-pure.la libaliasmap.la

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

dist_man_MANS += cli/nameplate.1 aliasmap/nameplate-map.5

dist_sbin_SCRIPTS = packaging/nameplate-fetch-map

EXTRA_DIST += cli/nameplate.bash
install-data-hook: install-bash-completion
install-bash-completion:
	$(MKDIR_P) $(DESTDIR)$(datadir)/bash-completion/completions
	$(INSTALL_DATA) $(srcdir)/cli/nameplate.bash \
		$(DESTDIR)$(datadir)/bash-completion/completions/nameplate
uninstall-hook: uninstall-bash-completion
uninstall-bash-completion:
	rm -f $(DESTDIR)$(datadir)/bash-completion/completions/nameplate
.PHONY: install-bash-completion uninstall-bash-completion

EXTRA_DIST += tests/cli/run tests/cli/host.py tests/cli/fake-store.py \
	tests/cli/cases.py tests/cli/cases_change.py tests/cli/cases_fetch.py \
	tests/cli/cases_import.py tests/cli/cases_map.py tests/cli/cases_read.py
