# SPDX-License-Identifier: LGPL-2.1-or-later
# What make check runs. Each unit test adds itself to tests/unit/local.mk.
include tests/dovecot/local.mk
include tests/unit/local.mk
include tests/unit/map.mk
include tests/unit/cli.mk
include tests/fuzz/local.mk
include tests/lint/local.mk
include tests/bench/local.mk

EXTRA_DIST += \
	.ci/run \
	packaging/demo \
	packaging/demo-play \
	packaging/install-deps \
	tests/dovecot/exact.py \
	tests/dovecot/landing.py \
	tests/dovecot/loops.py \
	tests/dovecot/replies.py \
	tests/dovecot/run \
	tests/dovecot/run-demo \
	tests/dovecot/scene.py \
	tests/dovecot/sharing.py \
	tests/lib/agent.py \
	tests/lib/build-step \
	tests/lib/client.py \
	tests/lib/dovecot.py \
	tests/lib/folder.py \
	tests/lib/in-root \
	tests/lib/maildir.py \
	tests/lib/make-root \
	tests/lib/managesieve.py \
	tests/lib/marks.py \
	tests/lib/messages.py \
	tests/lib/narrow.py \
	tests/lib/postfix.py \
	tests/lib/process.py \
	tests/lib/runner.py \
	tests/lib/wait.py \
	tests/lib/world.py \
	tests/postfix/run \
	tests/sieve/alias_test.py \
	tests/sieve/circles_test.py \
	tests/sieve/examples_test.py \
	tests/sieve/guard_test.py \
	tests/sieve/install_test.py \
	tests/sieve/places_test.py \
	tests/sieve/plugin.py \
	tests/sieve/policy_test.py \
	tests/sieve/run \
	tests/sieve/scene.py \
	tests/sieve/silence_test.py \
	tests/sieve/trouble_test.py \
	tests/sieve/vacation_test.py \
	tests/sieve/valgrind_test.py \
	tests/sieve/with-settings \
	tests/run

include tests/wire/local.mk
