# SPDX-License-Identifier: LGPL-2.1-or-later
# What make check runs. Each unit test adds itself to tests/unit/local.mk.
include tests/unit/local.mk

EXTRA_DIST += \
	.ci/run \
	packaging/install-deps \
	tests/lib/build-step \
	tests/run
