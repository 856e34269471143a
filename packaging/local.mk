# SPDX-License-Identifier: LGPL-2.1-or-later
# What an installation from source is set up with.
EXTRA_DIST += packaging/nameplate-lmtpd.service.in

if WITH_AGENT
if HAVE_SYSTEMD
noinst_DATA += packaging/nameplate-lmtpd.service
CLEANFILES += packaging/nameplate-lmtpd.service

packaging/nameplate-lmtpd.service: packaging/nameplate-lmtpd.service.in Makefile
	$(AM_V_GEN)$(MKDIR_P) packaging && \
		sed 's,@sbindir\@,$(sbindir),' \
		"$(srcdir)/packaging/nameplate-lmtpd.service.in" >$@.new && \
		mv -f $@.new $@
endif
endif
