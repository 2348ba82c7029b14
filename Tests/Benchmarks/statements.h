/* The log that record.c writes and replay.c reads: what a program asked of SQLite, call by call.
 *
 *   O path                  sqlite3_open_v2
 *   P length sql            sqlite3_prepare: statements are numbered from 0 in this order
 *   B statement count, then for each place its type and value: i varint | t length bytes |
 *                           b length bytes | n
 *                           bind, and the first sqlite3_step
 *   N statement             a further sqlite3_step
 *   R statement             sqlite3_reset
 *   F statement             sqlite3_finalize
 *   X length sql            sqlite3_exec
 *
 * Numbers are zigzag varints.
 */
#pragma once
#define SQLITE_CALL_OPEN 'O'
#define SQLITE_CALL_PREPARE 'P'
#define SQLITE_CALL_FIRST_STEP 'B'
#define SQLITE_CALL_NEXT_STEP 'N'
#define SQLITE_CALL_RESET 'R'
#define SQLITE_CALL_FINALIZE 'F'
#define SQLITE_CALL_EXEC 'X'
