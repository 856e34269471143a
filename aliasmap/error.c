/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fills an error in; see error.h. */
#include "aliasmap/error.h"

#include <stdarg.h>
#include <stdio.h>

int np_error_set(struct np_error *err, enum np_error_kind kind,
		 const char *format, ...)
{
	va_list args;

	if (err == NULL)
		return -1;
	err->kind = kind;
	va_start(args, format);
	(void)vsnprintf(err->text, sizeof(err->text), format, args);
	va_end(args);
	return -1;
}
