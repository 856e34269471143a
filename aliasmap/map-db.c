/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The Berkeley DB reader. The file has been checked by its checksum before
 * (map.c); each guard below names the accident that it prevents.
 */
#include "aliasmap/map-db.h"

#include <db.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DB_TOUCH_BUFFER (1024 * 1024)	/* a multiple of 1,024 */
#define DB_MAX_NAME 512

struct np_db {
	DB_ENV *env;
	DB *primary, *owner;
	bool wrapped;	/* the handles are somebody else's */
	char name[DB_MAX_NAME];
};

struct np_db_cursor {
	struct np_db *db;
	DBC *dbc;
	bool started, backward;
	char *of;	/* owner, or NULL */
	unsigned char key[NP_DB_MAX_KEY];
	unsigned char record[NP_DB_MAX_RECORD];
};

/* Berkeley DB would write to stderr, which may be a client's connection. */
static void db_silent(const DB_ENV *env, const char *prefix, const char *text)
{
	(void)env;
	(void)prefix;
	(void)text;
}

static void db_silent_message(const DB_ENV *env, const char *text)
{
	(void)env;
	(void)text;
}

int np_db_fail(struct np_error *err, enum np_error_kind kind,
	       const char *name, const char *what, int error)
{
	if (error == ENOMEM)
		kind = NP_ERROR_MEMORY;
	return np_error_set(err, kind, "%s: %s: %s", name, what,
			    db_strerror(error));
}

int np_db_env_open(unsigned int cache_mb, void **env_r)
{
	DB_ENV *env;
	int ret = db_env_create(&env, 0);

	if (ret != 0)
		return ret;
	env->set_errcall(env, db_silent);
	env->set_msgcall(env, db_silent_message);
	if (cache_mb > 0)
		ret = env->set_cachesize(env, 0, cache_mb << 20, 1);
	/* A writer's file is about to change: no mapping for a moment. */
	if (ret == 0 && cache_mb > 0)
		ret = env->set_flags(env, DB_NOMMAP, 1);
	/* Else it would look for one, by TMPDIR too in some builds. */
	if (ret == 0)
		ret = env->set_tmp_dir(env, "/tmp");
	/* DB_PRIVATE: a shared environment wedges when a process dies in it.
	   Home "/": a DB_CONFIG is read from there and nowhere else, so never
	   from the working directory or from DB_HOME (CVE-2017-10140). */
	if (ret == 0)
		ret = env->open(env, "/",
				DB_CREATE | DB_PRIVATE | DB_INIT_MPOOL, 0);
	if (ret != 0) {
		(void)env->close(env, 0);
		return ret;
	}
	*env_r = env;
	return 0;
}

static int db_open_one(struct np_db *db, const char *path, const char *which,
		       unsigned int flags, DB **handle_r)
{
	u_int32_t open_flags = DB_RDONLY;
	int ret = db_create(handle_r, db->env, 0);

	if (ret != 0) {
		*handle_r = NULL;
		return ret;
	}
	if ((flags & NP_DB_MMAP) == 0)
		open_flags |= DB_NOMMAP;
	return (*handle_r)->open(*handle_r, NULL, path, which, DB_BTREE,
				 open_flags, 0);
}

/* Walks all of one database in bulk. */
static int db_touch(DB *handle)
{
	DBC *dbc;
	DBT key, data;
	int ret, closed;

	memset(&key, 0, sizeof(key));
	memset(&data, 0, sizeof(data));
	data.data = malloc(DB_TOUCH_BUFFER);
	data.ulen = DB_TOUCH_BUFFER;
	data.flags = DB_DBT_USERMEM;
	if (data.data == NULL)
		return ENOMEM;
	ret = handle->cursor(handle, NULL, &dbc, 0);
	if (ret == 0) {
		do {
			ret = dbc->get(dbc, &key, &data,
				       DB_MULTIPLE_KEY | DB_NEXT);
		} while (ret == 0);
		closed = dbc->close(dbc);
		if (ret == DB_NOTFOUND)
			ret = closed;
	}
	free(data.data);
	return ret;
}

static int db_open_all(struct np_db *db, int fd, uint64_t size,
		       unsigned int flags)
{
	void *env;
	char path[64];
	int ret = np_db_env_open(0, &env);

	if (ret != 0)
		return ret;
	db->env = env;
	/* libdb opens a name several times and would trust whatever stands
	   there: this name is the checked descriptor and nothing else. */
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	/* Above 10 MB it would not map without being told. */
	if ((flags & NP_DB_MMAP) != 0)
		ret = db->env->set_mp_mmapsize(db->env,
					       (size_t)size + (1 << 20));
	if (ret == 0)
		ret = db_open_one(db, path, "alias", flags, &db->primary);
	if (ret == 0)
		ret = db_open_one(db, path, "owner", flags, &db->owner);
	/* Before they are associated: afterwards the index yields records. */
	if (ret == 0 && (flags & NP_DB_TOUCH) != 0)
		ret = db_touch(db->primary);
	if (ret == 0 && (flags & NP_DB_TOUCH) != 0)
		ret = db_touch(db->owner);
	if (ret == 0)
		ret = db->primary->associate(db->primary, NULL, db->owner,
					     NULL, 0);
	return ret;
}

static struct np_db *db_new(const char *name, struct np_error *err)
{
	struct np_db *db = calloc(1, sizeof(*db));

	if (db == NULL)
		(void)np_error_set(err, NP_ERROR_MEMORY, "out of memory");
	else
		(void)snprintf(db->name, sizeof(db->name), "%s", name);
	return db;
}

/* What may pass by itself must not be taken for a bad file, which nobody tries
   again before it changes. */
static enum np_error_kind db_open_kind(int error)
{
	switch (error) {
	case EMFILE:
	case ENFILE:
	case EAGAIN:
	case EACCES:
	case EPERM:
	case EIO:
		return NP_ERROR_UNREADABLE;
	default:
		return NP_ERROR_NOT_A_MAP;
	}
}

int np_db_open(int fd, uint64_t size, const char *name, unsigned int flags,
	       struct np_db **db_r, struct np_error *err)
{
	struct np_db *db = db_new(name, err);
	int ret;

	if (db == NULL)
		return -1;
	ret = db_open_all(db, fd, size, flags);
	if (ret != 0) {
		np_db_close(&db);
		/* For libdb that is ENOENT, as is a missing database. */
		if (access("/proc/self/fd", X_OK) == -1)
			return np_error_set(err, NP_ERROR_UNREADABLE,
					    "%s: cannot be opened without "
					    "/proc", name);
		return np_db_fail(err, db_open_kind(ret), name,
				  "cannot be opened as a map (Berkeley DB 5.3 "
				  "with \"alias\" and \"owner\")", ret);
	}
	*db_r = db;
	return 1;
}

int np_db_wrap(void *env, void *primary, void *owner, const char *name,
	       struct np_db **db_r, struct np_error *err)
{
	struct np_db *db = db_new(name, err);

	if (db == NULL)
		return -1;
	db->env = env;
	db->primary = primary;
	db->owner = owner;
	db->wrapped = true;
	*db_r = db;
	return 1;
}

void np_db_close(struct np_db **_db)
{
	struct np_db *db = *_db;

	if (db == NULL)
		return;
	*_db = NULL;
	/* Read only: nothing that a failure here could lose. */
	if (!db->wrapped) {
		if (db->owner != NULL)
			(void)db->owner->close(db->owner, 0);
		if (db->primary != NULL)
			(void)db->primary->close(db->primary, 0);
		if (db->env != NULL)
			(void)db->env->close(db->env, 0);
	}
	free(db);
}

static void db_dbt(DBT *dbt, const void *data, size_t len)
{
	memset(dbt, 0, sizeof(*dbt));
	dbt->data = (void *)(uintptr_t)data;
	dbt->size = (u_int32_t)len;
}

/* Copied into our memory, never a pointer into libdb's. */
static void db_dbt_into(DBT *dbt, void *buffer, size_t size)
{
	memset(dbt, 0, sizeof(*dbt));
	dbt->data = buffer;
	dbt->ulen = (u_int32_t)size;
	dbt->flags = DB_DBT_USERMEM;
}

static int db_read_failed(const struct np_db *db, int ret,
			  struct np_error *err)
{
	if (ret == DB_BUFFER_SMALL)
		return np_error_set(err, NP_ERROR_RECORD,
				    "%s: a record is longer than any can be",
				    db->name);
	return np_db_fail(err, NP_ERROR_INTERNAL, db->name, "cannot be read",
			  ret);
}

int np_db_get(struct np_db *db, const void *key, size_t key_len,
	      unsigned char *out, size_t size, size_t *len_r,
	      struct np_error *err)
{
	DBT k, d;
	int ret;

	db_dbt(&k, key, key_len);
	db_dbt_into(&d, out, size);
	ret = db->primary->get(db->primary, NULL, &k, &d, 0);
	if (ret == DB_NOTFOUND)
		return 0;
	if (ret != 0)
		return db_read_failed(db, ret, err);
	*len_r = d.size;
	return 1;
}

/* Adds the number of records under the owner that where leads to. The number
   is all that is wanted, not the first record. */
static int db_count_owner(DBC *dbc, DBT *owner, u_int32_t where,
			  uint64_t *count)
{
	db_recno_t records;
	DBT data;
	int ret;

	memset(&data, 0, sizeof(data));
	data.flags = DB_DBT_PARTIAL | DB_DBT_USERMEM;
	ret = dbc->get(dbc, owner, &data, where);
	if (ret == 0)
		ret = dbc->count(dbc, &records, 0);
	if (ret == 0)
		*count += records;
	return ret;
}

int np_db_count(struct np_db *db, const char *owner, uint64_t *count_r,
		struct np_error *err)
{
	unsigned char buffer[NP_DB_MAX_KEY];
	uint64_t count = 0;
	DBC *dbc;
	DBT key;
	int ret = db->owner->cursor(db->owner, NULL, &dbc, 0), closed;

	if (ret != 0)
		return db_read_failed(db, ret, err);
	if (owner != NULL) {
		db_dbt(&key, owner, strlen(owner));
		ret = db_count_owner(dbc, &key, DB_SET, &count);
	}
	while (owner == NULL && ret == 0) {
		db_dbt_into(&key, buffer, sizeof(buffer));
		ret = db_count_owner(dbc, &key, DB_NEXT_NODUP, &count);
	}
	closed = dbc->close(dbc);
	if (ret == 0 || ret == DB_NOTFOUND)
		ret = closed;
	if (ret != 0)
		return db_read_failed(db, ret, err);
	*count_r = count;
	return 1;
}

int np_db_cursor_open(struct np_db *db, const char *owner, bool backward,
		      struct np_db_cursor **cursor_r, struct np_error *err)
{
	struct np_db_cursor *cursor = calloc(1, sizeof(*cursor));
	DB *handle = owner == NULL ? db->primary : db->owner;
	int ret;

	if (cursor == NULL)
		return np_error_set(err, NP_ERROR_MEMORY, "out of memory");
	cursor->db = db;
	cursor->backward = backward;
	if (owner != NULL && (cursor->of = strdup(owner)) == NULL)
		ret = ENOMEM;
	else
		ret = handle->cursor(handle, NULL, &cursor->dbc, 0);
	if (ret != 0) {
		cursor->dbc = NULL;
		np_db_cursor_close(&cursor);
		return db_read_failed(db, ret, err);
	}
	*cursor_r = cursor;
	return 1;
}

/* Moves to the next record of cursor->of. */
static int cursor_next_owned(struct np_db_cursor *cursor, DBT *key, DBT *data)
{
	DBT of;
	unsigned char same[NP_DB_MAX_KEY];

	if (!cursor->started) {
		db_dbt(&of, cursor->of, strlen(cursor->of));
		return cursor->dbc->pget(cursor->dbc, &of, key, data, DB_SET);
	}
	db_dbt_into(&of, same, sizeof(same));
	return cursor->dbc->pget(cursor->dbc, &of, key, data, DB_NEXT_DUP);
}

int np_db_cursor_next(struct np_db_cursor *cursor,
		      struct np_db_entry *entry_r, struct np_error *err)
{
	DBT key, data;
	int ret;

	db_dbt_into(&key, cursor->key, sizeof(cursor->key));
	db_dbt_into(&data, cursor->record, sizeof(cursor->record));
	if (cursor->of != NULL)
		ret = cursor_next_owned(cursor, &key, &data);
	else
		ret = cursor->dbc->get(cursor->dbc, &key, &data,
				       cursor->backward ? DB_PREV : DB_NEXT);
	if (ret == DB_NOTFOUND)
		return 0;
	if (ret != 0)
		return db_read_failed(cursor->db, ret, err);
	cursor->started = true;
	entry_r->key = cursor->key;
	entry_r->key_len = key.size;
	entry_r->record = cursor->record;
	entry_r->len = data.size;
	return 1;
}

void np_db_cursor_close(struct np_db_cursor **_cursor)
{
	struct np_db_cursor *cursor = *_cursor;

	if (cursor == NULL)
		return;
	*_cursor = NULL;
	if (cursor->dbc != NULL)
		(void)cursor->dbc->close(cursor->dbc);
	free(cursor->of);
	free(cursor);
}
