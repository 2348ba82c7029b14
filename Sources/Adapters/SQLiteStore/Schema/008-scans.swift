/// Scanned receipts: the files as they came, each stub found on them, and what staff said of it.
///
/// A stub is a proposal until a service names its cutting as a proof: no flag says so, the service
/// does. What its code said stays as it was read; staff assign a notice, or discard, by rows of
/// their own.
let scanSchema = """
    CREATE TABLE scan (
      id INTEGER PRIMARY KEY,
      community INTEGER NOT NULL REFERENCES community,
      file INTEGER NOT NULL REFERENCES evidenceFile, -- as it came
      name TEXT NOT NULL,                            -- the file's, when it came
      pages INTEGER NOT NULL CHECK (pages > 0),
      act INTEGER NOT NULL REFERENCES act,
      UNIQUE (community, file)
    ) STRICT;

    CREATE TABLE scanStub (
      id INTEGER PRIMARY KEY,
      scan INTEGER NOT NULL REFERENCES scan,
      page INTEGER NOT NULL CHECK (page > 0),
      place INTEGER NOT NULL CHECK (place > 0),      -- on the page, from above
      notice INTEGER REFERENCES notice,              -- that its code names; NULL: none of ours
      cutting INTEGER REFERENCES evidenceFile,       -- NULL: nothing was found on the page
      isWhole INTEGER NOT NULL CHECK (isWhole IN (0, 1)), -- the stub's marks were seen, not its code alone
      ink INTEGER CHECK (ink BETWEEN 0 AND 1000),    -- per mille, where owners sign; a hint
      UNIQUE (scan, page, place)
    ) STRICT;
    CREATE INDEX stubByNotice ON scanStub (notice);
    CREATE INDEX stubByCutting ON scanStub (cutting);

    -- Which notice a stub is of, as staff say; the last one holds.
    CREATE TABLE scanAssignment (
      id INTEGER PRIMARY KEY,
      stub INTEGER NOT NULL REFERENCES scanStub,
      notice INTEGER NOT NULL REFERENCES notice,
      act INTEGER NOT NULL REFERENCES act
    ) STRICT;
    CREATE INDEX assignmentOfStub ON scanAssignment (stub);

    CREATE TABLE scanDiscard (
      stub INTEGER PRIMARY KEY REFERENCES scanStub,
      reason TEXT NOT NULL,
      act INTEGER NOT NULL REFERENCES act
    ) STRICT;
    """
