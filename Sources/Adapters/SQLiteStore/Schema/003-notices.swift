/// What was told to whom: runs, notices with their lines, messages, letters, tasks.
///
/// A notice is frozen when it is issued: figures, and the version of the templates. What is
/// rendered from it (`messageBody`, `letterBatch`) is made once and kept with its SHA-256.
let noticeSchema = """
    CREATE TABLE run (
      id INTEGER PRIMARY KEY,
      community INTEGER NOT NULL REFERENCES community,
      period INTEGER NOT NULL,
      asOf INTEGER NOT NULL,
      act INTEGER NOT NULL REFERENCES act,           -- the first that ran it
      UNIQUE (community, period, asOf)
    ) STRICT;

    CREATE TABLE templateSet (
      id INTEGER PRIMARY KEY,
      community INTEGER NOT NULL REFERENCES community,
      sha256 TEXT NOT NULL,
      UNIQUE (community, sha256)
    ) STRICT;
    CREATE TABLE templateFile (
      templateSet INTEGER NOT NULL REFERENCES templateSet,
      name TEXT NOT NULL,
      content TEXT NOT NULL,
      PRIMARY KEY (templateSet, name)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE notice (
      id INTEGER PRIMARY KEY,
      community INTEGER NOT NULL REFERENCES community,
      number TEXT NOT NULL UNIQUE,
      unit INTEGER NOT NULL REFERENCES unit,
      account INTEGER NOT NULL REFERENCES account,
      period INTEGER NOT NULL,                       -- the run's
      serial INTEGER NOT NULL,
      asOf INTEGER NOT NULL,
      stage TEXT,                                    -- NULL: a bill
      template TEXT NOT NULL,
      signature INTEGER NOT NULL CHECK (signature IN (0, 1)),
      cap INTEGER NOT NULL,                          -- of the late fee, parts per million of the principal
      payBy INTEGER,
      principal INTEGER NOT NULL,
      lateFee INTEGER NOT NULL,
      credit INTEGER NOT NULL,
      channels TEXT NOT NULL,                        -- joined by ';', in byte order
      templateSet INTEGER NOT NULL REFERENCES templateSet,
      act INTEGER NOT NULL REFERENCES act,
      UNIQUE (account, asOf),
      UNIQUE (community, period, serial)
    ) STRICT;
    CREATE INDEX noticeOfUnit ON notice (unit);

    CREATE TABLE noticeLine (
      notice INTEGER NOT NULL REFERENCES notice,
      line INTEGER NOT NULL,
      period INTEGER NOT NULL,
      item INTEGER NOT NULL REFERENCES item,
      due INTEGER NOT NULL,
      amount INTEGER NOT NULL,                       -- after concessions
      principal INTEGER NOT NULL,                    -- open
      daysOverdue INTEGER NOT NULL,
      lateFee INTEGER NOT NULL,                      -- outstanding
      lateFeePaid INTEGER NOT NULL,
      lateFeeWaived INTEGER NOT NULL,
      isNew INTEGER NOT NULL CHECK (isNew IN (0, 1)),
      accrual TEXT NOT NULL,                         -- runs: first day:days:fen:ppm, joined by ';'
      PRIMARY KEY (notice, line)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE message (
      id INTEGER PRIMARY KEY,
      community INTEGER NOT NULL REFERENCES community,
      notice INTEGER NOT NULL REFERENCES notice,
      owner INTEGER NOT NULL REFERENCES owner,
      recipient TEXT NOT NULL,
      UNIQUE (notice, owner)
    ) STRICT;
    -- The finished MIME message: a retry sends the same bytes.
    CREATE TABLE messageBody (
      message INTEGER PRIMARY KEY REFERENCES message,
      messageID TEXT NOT NULL UNIQUE,
      bytes BLOB NOT NULL,
      sha256 TEXT NOT NULL,
      composedAt TEXT NOT NULL
    ) STRICT;

    CREATE TABLE letter (
      notice INTEGER PRIMARY KEY REFERENCES notice,
      channel TEXT NOT NULL CHECK (channel IN ('mailbox', 'hand', 'registered'))
    ) STRICT;
    -- A PDF as it went to the printer, kept in the evidence folder under its SHA-256.
    CREATE TABLE letterBatch (
      id INTEGER PRIMARY KEY,
      community INTEGER NOT NULL REFERENCES community,
      sha256 TEXT NOT NULL,
      act INTEGER NOT NULL REFERENCES act
    ) STRICT;
    CREATE TABLE letterPrint (
      notice INTEGER PRIMARY KEY REFERENCES letter,
      batch INTEGER NOT NULL REFERENCES letterBatch,
      firstPage INTEGER NOT NULL,                    -- from 0
      pages INTEGER NOT NULL CHECK (pages > 0)
    ) STRICT;
    CREATE TABLE letterReprint (
      id INTEGER PRIMARY KEY,
      notice INTEGER NOT NULL REFERENCES letterPrint,
      act INTEGER NOT NULL REFERENCES act
    ) STRICT;
    CREATE INDEX reprintOfLetter ON letterReprint (notice);

    CREATE TABLE contactTask (
      notice INTEGER PRIMARY KEY REFERENCES notice,
      channel TEXT NOT NULL CHECK (channel IN ('phone', 'fax'))
    ) STRICT;
    """
