# SPDX-License-Identifier: LGPL-2.1-or-later

if HAVE_CMOCKA
check_PROGRAMS += tests/unit/test-command
TESTS += tests/unit/test-command
tests_unit_test_command_SOURCES = tests/unit/test-command.c tests/unit/check.h
tests_unit_test_command_CFLAGS = $(NP_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_command_LDADD = liblmtp-pure.la $(CMOCKA_LIBS)
endif

if HAVE_CMOCKA
if WITH_AGENT
check_PROGRAMS += tests/unit/test-header
TESTS += tests/unit/test-header
tests_unit_test_header_SOURCES = tests/unit/test-header.c tests/unit/check.h
tests_unit_test_header_CFLAGS = $(NP_CFLAGS) $(CMOCKA_CFLAGS) $(GMIME_CFLAGS)
tests_unit_test_header_LDADD = liblmtp-pure.la liblmtp-message-id.la $(CMOCKA_LIBS)
endif
endif

if HAVE_CMOCKA
check_PROGRAMS += tests/unit/test-stamp
TESTS += tests/unit/test-stamp
tests_unit_test_stamp_SOURCES = tests/unit/test-stamp.c tests/unit/check.h
tests_unit_test_stamp_CFLAGS = $(NP_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_stamp_LDADD = liblmtp-pure.la $(CMOCKA_LIBS)
endif

if HAVE_CMOCKA
check_PROGRAMS += tests/unit/test-netstring
TESTS += tests/unit/test-netstring
tests_unit_test_netstring_SOURCES = tests/unit/test-netstring.c tests/unit/check.h
tests_unit_test_netstring_CFLAGS = $(NP_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_netstring_LDADD = liblmtp-pure.la $(CMOCKA_LIBS)
endif

if HAVE_CMOCKA
check_PROGRAMS += tests/unit/test-reply
TESTS += tests/unit/test-reply
tests_unit_test_reply_SOURCES = tests/unit/test-reply.c tests/unit/check.h
tests_unit_test_reply_CFLAGS = $(NP_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_reply_LDADD = liblmtp-pure.la $(CMOCKA_LIBS)
endif

if HAVE_CMOCKA
check_PROGRAMS += tests/unit/test-settings
TESTS += tests/unit/test-settings
tests_unit_test_settings_SOURCES = tests/unit/test-settings.c tests/unit/check.h
tests_unit_test_settings_CPPFLAGS = $(AM_CPPFLAGS) \
	-DEXAMPLE='"$(abs_top_srcdir)/conf/nameplate.conf.example"'
tests_unit_test_settings_CFLAGS = $(NP_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_settings_LDADD = libconf.la $(CMOCKA_LIBS)
endif

if HAVE_CMOCKA
check_PROGRAMS += tests/unit/test-address
TESTS += tests/unit/test-address
tests_unit_test_address_SOURCES = tests/unit/test-address.c tests/unit/check.h
tests_unit_test_address_CFLAGS = $(NP_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_address_LDADD = libaliasmap.la $(CMOCKA_LIBS)
endif

if HAVE_CMOCKA
check_PROGRAMS += tests/unit/test-address-tag
TESTS += tests/unit/test-address-tag
tests_unit_test_address_tag_SOURCES = tests/unit/test-address-tag.c tests/unit/check.h
tests_unit_test_address_tag_CFLAGS = $(NP_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_address_tag_LDADD = libaliasmap.la $(CMOCKA_LIBS)
endif

if HAVE_CMOCKA
check_PROGRAMS += tests/unit/test-name
TESTS += tests/unit/test-name
tests_unit_test_name_SOURCES = tests/unit/test-name.c tests/unit/check.h
tests_unit_test_name_CFLAGS = $(NP_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_name_LDADD = libaliasmap.la $(CMOCKA_LIBS)
endif

if HAVE_CMOCKA
check_PROGRAMS += tests/unit/test-xtext
TESTS += tests/unit/test-xtext
tests_unit_test_xtext_SOURCES = tests/unit/test-xtext.c tests/unit/check.h
tests_unit_test_xtext_CFLAGS = $(NP_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_xtext_LDADD = libaliasmap.la $(CMOCKA_LIBS)
endif

if HAVE_CMOCKA
check_PROGRAMS += tests/unit/test-list
TESTS += tests/unit/test-list
tests_unit_test_list_SOURCES = tests/unit/test-list.c tests/unit/check.h
tests_unit_test_list_CFLAGS = $(NP_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_list_LDADD = libaliasmap.la $(CMOCKA_LIBS)
endif

if HAVE_CMOCKA
check_PROGRAMS += tests/unit/test-alias
TESTS += tests/unit/test-alias
tests_unit_test_alias_SOURCES = tests/unit/test-alias.c tests/unit/check.h
tests_unit_test_alias_CFLAGS = $(NP_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_alias_LDADD = libaliasmap.la $(CMOCKA_LIBS)
endif

if HAVE_CMOCKA
resolve_map = tests/unit/resolve-map.c tests/unit/resolve-map.h \
	tests/unit/check.h
check_PROGRAMS += tests/unit/test-resolve tests/unit/test-resolve-store
TESTS += tests/unit/test-resolve tests/unit/test-resolve-store
tests_unit_test_resolve_SOURCES = tests/unit/test-resolve.c $(resolve_map)
tests_unit_test_resolve_CFLAGS = $(NP_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_resolve_LDADD = libaliasmap.la $(CMOCKA_LIBS)
tests_unit_test_resolve_store_SOURCES = tests/unit/test-resolve-store.c \
	$(resolve_map)
tests_unit_test_resolve_store_CFLAGS = $(NP_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_resolve_store_LDADD = libaliasmap.la $(CMOCKA_LIBS)
endif

if HAVE_CMOCKA
check_PROGRAMS += tests/unit/test-resolve-map
TESTS += tests/unit/test-resolve-map
tests_unit_test_resolve_map_SOURCES = tests/unit/test-resolve-map.c \
	tests/unit/map-fixture.c tests/unit/map-fixture.h tests/unit/check.h
tests_unit_test_resolve_map_CFLAGS = $(NP_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_resolve_map_LDADD = libaliasmap.la $(CMOCKA_LIBS)
endif

if HAVE_CMOCKA
check_PROGRAMS += tests/unit/test-text
TESTS += tests/unit/test-text
tests_unit_test_text_SOURCES = tests/unit/test-text.c tests/unit/check.h
tests_unit_test_text_CFLAGS = $(NP_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_text_LDADD = libaliasmap.la $(CMOCKA_LIBS)
endif

if HAVE_CMOCKA
check_PROGRAMS += tests/unit/test-dots
TESTS += tests/unit/test-dots
tests_unit_test_dots_SOURCES = tests/unit/test-dots.c
tests_unit_test_dots_CFLAGS = $(NP_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_dots_LDADD = liblmtp-pure.la $(CMOCKA_LIBS)
endif

# pool.c alone: the test plays relay.c and log.c itself.
if HAVE_CMOCKA
if WITH_AGENT
check_PROGRAMS += tests/unit/test-pool
TESTS += tests/unit/test-pool
tests_unit_test_pool_SOURCES = tests/unit/test-pool.c lmtp/pool.c lmtp/pool-pass.c lmtp/pool-line.c lmtp/exchange.c lmtp/spool.c
tests_unit_test_pool_CFLAGS = $(NP_CFLAGS) $(CMOCKA_CFLAGS) $(GLIB_CFLAGS) $(EVENT_CFLAGS)
tests_unit_test_pool_LDADD = liblmtp-pure.la libconf.la libaliasmap.la $(CMOCKA_LIBS) $(GLIB_LIBS) $(EVENT_LIBS)
endif
endif

if HAVE_CMOCKA
if WITH_AGENT
check_PROGRAMS += tests/unit/test-spool tests/unit/test-socket
TESTS += tests/unit/test-spool tests/unit/test-socket
tests_unit_test_spool_SOURCES = tests/unit/test-spool.c
tests_unit_test_spool_CFLAGS = $(NP_CFLAGS) $(CMOCKA_CFLAGS) $(GLIB_CFLAGS) $(EVENT_CFLAGS)
tests_unit_test_spool_LDADD = liblmtp.la $(CMOCKA_LIBS)
tests_unit_test_socket_SOURCES = tests/unit/test-socket.c
tests_unit_test_socket_CFLAGS = $(NP_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_socket_LDADD = liblmtp.la $(CMOCKA_LIBS)
endif
endif

if HAVE_CMOCKA
if WITH_AGENT
check_PROGRAMS += tests/unit/test-stream
TESTS += tests/unit/test-stream
tests_unit_test_stream_SOURCES = tests/unit/test-stream.c
tests_unit_test_stream_CFLAGS = $(NP_CFLAGS) $(CMOCKA_CFLAGS) $(EVENT_CFLAGS)
tests_unit_test_stream_LDADD = liblmtp.la $(CMOCKA_LIBS)
endif
endif
