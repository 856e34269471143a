/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RFC 3339 dates to UTC seconds and back; see date.h. */
#include "cli/date.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define DATE_LAST 253402300799	/* 9999-12-31T23:59:59Z: years have 4 digits */

/* Exactly count digits, as a number; -1 where one is missing. */
static int date_digits(const char **text, unsigned int count)
{
	int value = 0;

	for (; count > 0; count--, (*text)++) {
		if (!isdigit((unsigned char)**text))
			return -1;
		value = value * 10 + (**text - '0');
	}
	return value;
}

static bool date_char(const char **text, char c)
{
	if (**text != c)
		return false;
	(*text)++;
	return true;
}

/* "2026-12-31", checked against the calendar. */
static bool date_day(const char **text, struct tm *tm)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30,
				    31, 31, 30, 31, 30, 31 };
	int year, month, day, last;

	year = date_digits(text, 4);
	if (year < 1970 || !date_char(text, '-'))
		return false;
	month = date_digits(text, 2);
	if (month < 1 || month > 12 || !date_char(text, '-'))
		return false;
	day = date_digits(text, 2);
	last = days[month - 1];
	if (month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0))
		last++;
	if (day < 1 || day > last)
		return false;
	tm->tm_year = year - 1900;
	tm->tm_mon = month - 1;
	tm->tm_mday = day;
	return true;
}

/* "18:00:00", with a fraction that is dropped; 60 is a leap second. */
static bool date_time(const char **text, struct tm *tm)
{
	tm->tm_hour = date_digits(text, 2);
	if (tm->tm_hour < 0 || tm->tm_hour > 23 || !date_char(text, ':'))
		return false;
	tm->tm_min = date_digits(text, 2);
	if (tm->tm_min < 0 || tm->tm_min > 59 || !date_char(text, ':'))
		return false;
	tm->tm_sec = date_digits(text, 2);
	if (tm->tm_sec < 0 || tm->tm_sec > 60)
		return false;
	if (date_char(text, '.')) {
		if (date_digits(text, 1) < 0)
			return false;
		while (isdigit((unsigned char)**text))
			(*text)++;
	}
	return true;
}

/* "Z" or "+01:00", as seconds east of UTC. */
static bool date_zone(const char **text, long *offset_r)
{
	int hours, minutes;
	bool west;

	*offset_r = 0;
	if (date_char(text, 'Z') || date_char(text, 'z'))
		return true;
	west = **text == '-';
	if (!date_char(text, '+') && !date_char(text, '-'))
		return false;
	hours = date_digits(text, 2);
	if (hours < 0 || hours > 23 || !date_char(text, ':'))
		return false;
	minutes = date_digits(text, 2);
	if (minutes < 0 || minutes > 59)
		return false;
	*offset_r = (hours * 60L + minutes) * 60L;
	if (west)
		*offset_r = -*offset_r;
	return true;
}

int np_date_parse(const char *text, int64_t *seconds_r)
{
	struct tm tm;
	time_t when;
	long offset;

	(void)memset(&tm, 0, sizeof(tm));
	if (!date_day(&text, &tm))
		return 0;
	if (*text == '\0') {
		/* The last second of the day, whatever the clock does in that
		   night: the second before the next midnight. */
		tm.tm_mday++;
		tm.tm_isdst = -1;
		when = mktime(&tm);
		if (when <= 1 || when > DATE_LAST)
			return 0;
		*seconds_r = (int64_t)when - 1;
		return 1;
	}
	if (!date_char(&text, 'T') && !date_char(&text, 't') &&
	    !date_char(&text, ' '))
		return 0;
	if (!date_time(&text, &tm) || !date_zone(&text, &offset) ||
	    *text != '\0')
		return 0;
	when = timegm(&tm) - offset;
	if (when <= 0 || when > DATE_LAST)
		return 0;
	*seconds_r = (int64_t)when;
	return 1;
}

char *np_date_print(int64_t seconds, char *out)
{
	time_t when = (time_t)seconds;
	struct tm tm;

	if (gmtime_r(&when, &tm) == NULL ||
	    strftime(out, NP_MAX_DATE, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		(void)snprintf(out, NP_MAX_DATE, "?");
	return out;
}
