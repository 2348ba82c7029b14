/* The C program beside which dunwell is measured: the same statements, prepared once, with the same
 * values, the same pragmas and the same transaction cuts, through the SQLite API and nothing else.
 * Every column of every row is read. It computes nothing and reads no CSV, so that it is a floor.
 *
 *   cc -O2 -o replay replay.c -lsqlite3
 *   replay calls.log DATABASE
 *
 * DATABASE stands in for the one that was recorded. The format stands in statements.h. */
#define _GNU_SOURCE
#include "statements.h"
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static const unsigned char *at;
static sqlite3 *db;
static sqlite3_int64 sum;

static sqlite3_int64 number(void) {
    sqlite3_uint64 value = 0;
    int shift = 0;
    do value |= (sqlite3_uint64)(*at & 0x7f) << shift, shift += 7;
    while (*at++ & 0x80);
    return (sqlite3_int64)(value >> 1) ^ -(sqlite3_int64)(value & 1);
}

static const char *bytes(int *length) {
    *length = (int)number();
    at += *length;
    return (const char *)at - *length;
}

static void check(int code, const char *what) {
    if (code == SQLITE_OK || code == SQLITE_ROW || code == SQLITE_DONE) return;
    fprintf(stderr, "%s: %s\n", what, db ? sqlite3_errmsg(db) : "");
    exit(1);
}

static void step(sqlite3_stmt *statement) {
    int code = sqlite3_step(statement);
    check(code, sqlite3_sql(statement));
    if (code != SQLITE_ROW) return;
    int count = sqlite3_column_count(statement);
    for (int i = 0; i < count; i++)
        switch (sqlite3_column_type(statement, i)) {
        case SQLITE_INTEGER: sum += sqlite3_column_int64(statement, i); break;
        case SQLITE_NULL: break;
        default: sum += *sqlite3_column_text(statement, i) + sqlite3_column_bytes(statement, i);
        }
}

static void bind(sqlite3_stmt *statement) {
    int count = (int)number();
    for (int place = 1; place <= count; place++) {
        int length;
        const char *text;
        switch (*at++) {
        case 'i': sqlite3_bind_int64(statement, place, number()); break;
        case 't':
            text = bytes(&length);
            sqlite3_bind_text(statement, place, text, length, SQLITE_STATIC);
            break;
        case 'b':
            text = bytes(&length);
            sqlite3_bind_blob(statement, place, text, length, SQLITE_STATIC);
            break;
        default: sqlite3_bind_null(statement, place);
        }
    }
}

int main(int argc, char **argv) {
    if (argc != 3) return fprintf(stderr, "usage: replay calls.log DATABASE\n"), 2;
    int file = open(argv[1], O_RDONLY);
    struct stat status;
    if (file < 0 || fstat(file, &status)) return perror(argv[1]), 1;
    at = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, file, 0);
    const unsigned char *end = at + status.st_size;
    sqlite3_stmt **statements = NULL;
    long count = 0;
    int length;
    while (at < end) {
        int call = *at++;
        const char *text;
        char *sql;
        sqlite3_stmt *statement;
        switch (call) {
        case SQLITE_CALL_OPEN:
            bytes(&length);
            check(sqlite3_open(argv[2], &db), argv[2]);
            break;
        case SQLITE_CALL_PREPARE:
            text = bytes(&length);
            statements = realloc(statements, (size_t)(count + 1) * sizeof *statements);
            check(sqlite3_prepare_v3(db, text, length, SQLITE_PREPARE_PERSISTENT,
                                     &statements[count++], NULL), text);
            break;
        case SQLITE_CALL_FIRST_STEP:
            statement = statements[number()];
            bind(statement);
            step(statement);
            break;
        case SQLITE_CALL_NEXT_STEP: step(statements[number()]); break;
        case SQLITE_CALL_RESET: sqlite3_reset(statements[number()]); break;
        case SQLITE_CALL_FINALIZE:
            length = (int)number();
            sqlite3_finalize(statements[length]);
            statements[length] = NULL;
            break;
        case SQLITE_CALL_EXEC:
            text = bytes(&length);
            sql = strndup(text, (size_t)length);
            check(sqlite3_exec(db, sql, NULL, NULL, NULL), sql);
            free(sql);
            break;
        default: return fprintf(stderr, "a damaged log\n"), 1;
        }
    }
    for (long i = 0; i < count; i++) sqlite3_finalize(statements[i]);
    check(sqlite3_close(db), "close");
    printf("%lld\n", (long long)sum);
    return 0;
}
