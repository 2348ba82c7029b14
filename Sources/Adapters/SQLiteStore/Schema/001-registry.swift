/// Who owes: communities, units, owners, accounts, and the acts by which staff changed anything.
///
/// Every row carries its community, or hangs on one that does, so that one database can hold a
/// group's. What identifies a person (name, phone, addresses) stands in `person` alone, so that
/// it can be erased while the money stays.
let registrySchema = """
    CREATE TABLE community (
      id INTEGER PRIMARY KEY,
      code TEXT NOT NULL UNIQUE
    ) STRICT;

    -- One thing that staff did, as one transaction: who, when, what.
    CREATE TABLE act (
      id INTEGER PRIMARY KEY,
      community INTEGER NOT NULL REFERENCES community,
      kind TEXT NOT NULL,
      byWhom TEXT NOT NULL,
      at TEXT NOT NULL,               -- UTC, to the millisecond
      detail TEXT NOT NULL
    ) STRICT;

    -- The text of policy.yaml; the newest holds.
    CREATE TABLE policyVersion (
      id INTEGER PRIMARY KEY,
      community INTEGER NOT NULL REFERENCES community,
      yaml TEXT NOT NULL,
      act INTEGER NOT NULL REFERENCES act
    ) STRICT;

    CREATE TABLE unit (
      id INTEGER PRIMARY KEY,
      community INTEGER NOT NULL REFERENCES community,
      code TEXT NOT NULL,
      building TEXT NOT NULL,
      kind TEXT NOT NULL CHECK (kind IN ('residence', 'shop', 'parking')),
      area INTEGER NOT NULL CHECK (area >= 0),       -- 1/100 m²
      handover INTEGER,                              -- day number; NULL: long ago
      UNIQUE (community, code)
    ) STRICT;

    CREATE TABLE owner (
      id INTEGER PRIMARY KEY,
      community INTEGER NOT NULL REFERENCES community,
      code TEXT NOT NULL,
      channels TEXT NOT NULL,                        -- joined by ';'
      language TEXT NOT NULL CHECK (language IN ('zh', 'en')),
      UNIQUE (community, code)
    ) STRICT;

    CREATE TABLE person (
      owner INTEGER PRIMARY KEY REFERENCES owner,
      name TEXT NOT NULL,
      phone TEXT NOT NULL,
      email TEXT NOT NULL,
      address TEXT NOT NULL
    ) STRICT;

    -- One unit during one ownership.
    CREATE TABLE account (
      id INTEGER PRIMARY KEY,
      community INTEGER NOT NULL REFERENCES community,
      unit INTEGER NOT NULL REFERENCES unit,
      fromDay INTEGER NOT NULL,
      toDay INTEGER CHECK (toDay >= fromDay),        -- inclusive; NULL: still
      agreedRate INTEGER CHECK (agreedRate >= 0),    -- parts per million per day; NULL: the policy's
      UNIQUE (unit, fromDay)
    ) STRICT;

    CREATE TABLE accountOwner (
      account INTEGER NOT NULL REFERENCES account,
      owner INTEGER NOT NULL REFERENCES owner,
      PRIMARY KEY (account, owner)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX accountOfOwner ON accountOwner (owner);

    -- What a register said before a later import or act changed it.
    CREATE TABLE registerChange (
      id INTEGER PRIMARY KEY,
      community INTEGER NOT NULL REFERENCES community,
      register TEXT NOT NULL,
      subject INTEGER NOT NULL,                      -- id in that register
      field TEXT NOT NULL,
      was TEXT,
      became TEXT,
      act INTEGER NOT NULL REFERENCES act
    ) STRICT;
    """
