# SPDX-License-Identifier: LGPL-2.1-or-later
# make lint: what no compiler and no test sees. Each script stands by itself:
#   tests/lint/NAME BUILD_DIR
LINT = \
	tests/lint/include-order \
	tests/lint/manuals \
	tests/lint/scripts \
	tests/lint/settings-documented \
	tests/lint/sizes \
	tests/lint/tarball \
	tests/lint/words
EXTRA_DIST += $(LINT) tests/lint/lint.py

# A folder name with blanks in it needs the quotes.
.PHONY: lint
lint: all
	@failed=; for script in $(LINT); do \
		"$(srcdir)/$$script" "$(abs_builddir)" >lint.log 2>&1 || \
			failed="$$failed $$script"; \
		grep -vE '^(ok|note) ' lint.log | sed "s,^,$$script: ,"; \
	done; rm -f lint.log; \
	test -z "$$failed" || { echo "failed:$$failed"; exit 1; }
