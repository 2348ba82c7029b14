/* Writes down every call that a program makes to SQLite, for replay.c to make them again.
 *
 *   cc -O2 -shared -fPIC -o record.so record.c
 *   LD_PRELOAD=./record.so SQLITE_CALLS=calls.log PROGRAM ...
 *
 * One connection in one process, as dunwell's commands have it; other processes must not inherit
 * the environment. The format stands in statements.h. */
#define _GNU_SOURCE
#include "statements.h"
#include <dlfcn.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PLACES 64
#define STATEMENTS 65536 /* a power of two: a hash table by address */

typedef struct {
    char type;
    sqlite3_int64 number;
    int length, room;
    char *bytes;
} Value;

typedef struct {
    sqlite3_stmt *handle; /* the key; never taken out, only reused */
    long id;
    int places, stepped;
    Value values[PLACES];
} Statement;

static FILE *out;
static long prepared;
static Statement *table[STATEMENTS];

static void begin(void) {
    if (out) return;
    const char *path = getenv("SQLITE_CALLS");
    out = fopen(path ? path : "/dev/null", "wb");
    setvbuf(out, NULL, _IOFBF, 1 << 20);
}

static void number(sqlite3_int64 value) {
    sqlite3_uint64 rest = ((sqlite3_uint64)value << 1) ^ (sqlite3_uint64)(value >> 63);
    for (; rest >= 0x80; rest >>= 7) putc_unlocked((int)(rest & 0x7f) | 0x80, out);
    putc_unlocked((int)rest, out);
}

static void bytes(const char *text, int length) {
    number(length);
    fwrite_unlocked(text, 1, (size_t)length, out);
}

static Statement *find(sqlite3_stmt *handle) {
    size_t place = ((size_t)handle >> 4) & (STATEMENTS - 1);
    while (table[place] && table[place]->handle != handle) place = (place + 1) & (STATEMENTS - 1);
    if (!table[place]) {
        table[place] = calloc(1, sizeof(Statement));
        table[place]->handle = handle;
    }
    return table[place];
}

#define REAL(name) \
    static __typeof__(&name) real; \
    if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

int sqlite3_open_v2(const char *path, sqlite3 **db, int flags, const char *vfs) {
    REAL(sqlite3_open_v2);
    begin();
    putc_unlocked(SQLITE_CALL_OPEN, out);
    bytes(path, (int)strlen(path));
    return real(path, db, flags, vfs);
}

static void note_prepared(const char *sql, const char *end, sqlite3_stmt *handle) {
    Statement *statement = find(handle);
    for (int i = 0; i < PLACES; i++) statement->values[i].type = 'n';
    statement->id = prepared++;
    statement->places = statement->stepped = 0;
    putc_unlocked(SQLITE_CALL_PREPARE, out);
    bytes(sql, (int)(end - sql));
}

int sqlite3_prepare_v3(sqlite3 *db, const char *sql, int length, unsigned flags,
                       sqlite3_stmt **handle, const char **tail) {
    REAL(sqlite3_prepare_v3);
    const char *end = NULL;
    int code = real(db, sql, length, flags, handle, &end);
    if (tail) *tail = end;
    if (code == SQLITE_OK && *handle) note_prepared(sql, end, *handle);
    return code;
}

int sqlite3_prepare_v2(sqlite3 *db, const char *sql, int length, sqlite3_stmt **handle,
                       const char **tail) {
    return sqlite3_prepare_v3(db, sql, length, 0, handle, tail);
}

static Value *value(sqlite3_stmt *handle, int place, char type) {
    Statement *statement = find(handle);
    if (place > PLACES) abort();
    if (place > statement->places) statement->places = place;
    statement->values[place - 1].type = type;
    return &statement->values[place - 1];
}

static void keep(Value *value, const void *bytes, size_t length) {
    if ((int)length > value->room) {
        value->room = (int)length * 2;
        value->bytes = realloc(value->bytes, (size_t)value->room);
    }
    value->length = (int)length;
    if (length) memcpy(value->bytes, bytes, length);
}

int sqlite3_bind_int64(sqlite3_stmt *handle, int place, sqlite3_int64 number) {
    REAL(sqlite3_bind_int64);
    value(handle, place, 'i')->number = number;
    return real(handle, place, number);
}

int sqlite3_bind_null(sqlite3_stmt *handle, int place) {
    REAL(sqlite3_bind_null);
    value(handle, place, 'n');
    return real(handle, place);
}

int sqlite3_bind_text(sqlite3_stmt *handle, int place, const char *text, int length,
                      void (*destroy)(void *)) {
    REAL(sqlite3_bind_text);
    keep(value(handle, place, 't'), text, length < 0 ? strlen(text) : (size_t)length);
    return real(handle, place, text, length, destroy);
}

int sqlite3_bind_blob64(sqlite3_stmt *handle, int place, const void *bytes, sqlite3_uint64 length,
                        void (*destroy)(void *)) {
    REAL(sqlite3_bind_blob64);
    keep(value(handle, place, 'b'), bytes, length);
    return real(handle, place, bytes, length, destroy);
}

int sqlite3_clear_bindings(sqlite3_stmt *handle) {
    REAL(sqlite3_clear_bindings);
    Statement *statement = find(handle);
    for (int i = 0; i < statement->places; i++) statement->values[i].type = 'n';
    return real(handle);
}

int sqlite3_step(sqlite3_stmt *handle) {
    REAL(sqlite3_step);
    Statement *statement = find(handle);
    if (statement->stepped) {
        putc_unlocked(SQLITE_CALL_NEXT_STEP, out);
        number(statement->id);
        return real(handle);
    }
    statement->stepped = 1;
    putc_unlocked(SQLITE_CALL_FIRST_STEP, out);
    number(statement->id);
    number(statement->places);
    for (int i = 0; i < statement->places; i++) {
        Value *value = &statement->values[i];
        putc_unlocked(value->type, out);
        if (value->type == 'i') number(value->number);
        if (value->type == 't' || value->type == 'b') bytes(value->bytes, value->length);
    }
    return real(handle);
}

int sqlite3_reset(sqlite3_stmt *handle) {
    REAL(sqlite3_reset);
    Statement *statement = find(handle);
    if (statement->stepped) {
        putc_unlocked(SQLITE_CALL_RESET, out);
        number(statement->id);
    }
    statement->stepped = 0;
    return real(handle);
}

int sqlite3_finalize(sqlite3_stmt *handle) {
    REAL(sqlite3_finalize);
    if (handle) {
        putc_unlocked(SQLITE_CALL_FINALIZE, out);
        number(find(handle)->id);
        find(handle)->stepped = 0;
    }
    return real(handle);
}

int sqlite3_exec(sqlite3 *db, const char *sql, int (*row)(void *, int, char **, char **),
                 void *context, char **message) {
    REAL(sqlite3_exec);
    begin();
    putc_unlocked(SQLITE_CALL_EXEC, out);
    bytes(sql, (int)strlen(sql));
    return real(db, sql, row, context, message);
}

__attribute__((destructor)) static void end(void) {
    if (out) fclose(out);
    out = NULL;
}
