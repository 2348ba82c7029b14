/// What proves that a notice reached its owner, and the chain that shows that nothing of it was
/// changed since.
///
/// A service is a fact: a mistaken one is withdrawn by another row. Each community's chain takes in
/// services, waivers, concessions, reversals and so on, by kind and id, in the transaction that
/// writes them. What says something of a person goes in as a commitment; its salt, and where the
/// text stands in no column of its own also the text, stand in `personalText`, to be erased there.
let evidenceSchema = """
    -- Kept in the evidence folder under its SHA-256, before this row.
    CREATE TABLE evidenceFile (
      id INTEGER PRIMARY KEY,
      community INTEGER NOT NULL REFERENCES community,
      sha256 TEXT NOT NULL,
      extension TEXT NOT NULL,
      act INTEGER NOT NULL REFERENCES act,           -- the first that named it
      UNIQUE (community, sha256, extension)
    ) STRICT;

    CREATE TABLE service (
      id INTEGER PRIMARY KEY,
      community INTEGER NOT NULL REFERENCES community,
      notice INTEGER NOT NULL REFERENCES notice,
      how TEXT NOT NULL CHECK (how IN ('signed_owner', 'signed_household', 'signed_agent', 'notarised',
        'registered', 'email', 'sms', 'fax', 'mailbox', 'left_witnessed', 'posted', 'phone', 'visit',
        'page')),
      day INTEGER NOT NULL,                          -- on which it arrived
      grade TEXT NOT NULL CHECK (grade IN ('A', 'B', 'C', 'D', 'E')),
      staff TEXT NOT NULL,
      secondStaff TEXT CHECK (secondStaff <> staff),
      relation TEXT,                                 -- of the signer to the owner
      acknowledges INTEGER NOT NULL CHECK (acknowledges IN (0, 1)),
      agreed INTEGER NOT NULL CHECK (agreed IN (0, 1)),
      message INTEGER REFERENCES message,            -- the mail whose acceptance this is
      letterPrint INTEGER REFERENCES letterPrint,    -- the letter, where it was printed before
      act INTEGER NOT NULL REFERENCES act
    ) STRICT;
    CREATE INDEX serviceOfNotice ON service (notice);

    CREATE TABLE serviceProof (
      service INTEGER NOT NULL REFERENCES service,
      place INTEGER NOT NULL,                        -- from 1
      kinds TEXT NOT NULL,                           -- joined by ';'
      file INTEGER REFERENCES evidenceFile,
      text TEXT,
      PRIMARY KEY (service, place),
      CHECK ((file IS NULL) = (text IS NOT NULL))
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX proofByFile ON serviceProof (file);

    CREATE TABLE serviceWithdrawal (
      id INTEGER PRIMARY KEY,
      community INTEGER NOT NULL REFERENCES community,
      service INTEGER NOT NULL UNIQUE REFERENCES service,
      act INTEGER NOT NULL REFERENCES act
    ) STRICT;

    CREATE TABLE chainLink (
      community INTEGER NOT NULL REFERENCES community,
      position INTEGER NOT NULL CHECK (position > 0),
      kind TEXT NOT NULL,
      subject INTEGER NOT NULL,                      -- id in the table of that kind
      previous BLOB NOT NULL CHECK (length(previous) = 32),
      hash BLOB NOT NULL CHECK (length(hash) = 32),
      PRIMARY KEY (community, position)
    ) STRICT, WITHOUT ROWID;
    CREATE UNIQUE INDEX linkOfSubject ON chainLink (kind, subject);

    -- What stands in the chain for a text about a person.
    CREATE TABLE commitment (
      kind TEXT NOT NULL,
      subject INTEGER NOT NULL,
      field TEXT NOT NULL,
      hash BLOB NOT NULL CHECK (length(hash) = 32),
      PRIMARY KEY (kind, subject, field)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE personalText (
      kind TEXT NOT NULL,
      subject INTEGER NOT NULL,
      field TEXT NOT NULL,
      salt BLOB NOT NULL CHECK (length(salt) = 16),
      text TEXT,                                     -- NULL: stands in the column of that name
      PRIMARY KEY (kind, subject, field),
      FOREIGN KEY (kind, subject, field) REFERENCES commitment
    ) STRICT, WITHOUT ROWID;

    CREATE INDEX batchByFile ON letterBatch (sha256);

    -- A head of the chain that an RFC 3161 service stamped; `file` is its reply.
    CREATE TABLE chainStamp (
      id INTEGER PRIMARY KEY,
      community INTEGER NOT NULL REFERENCES community,
      position INTEGER NOT NULL,
      hash BLOB NOT NULL CHECK (length(hash) = 32),
      stampedAt TEXT NOT NULL,                       -- UTC, as the service says
      file INTEGER NOT NULL REFERENCES evidenceFile,
      act INTEGER NOT NULL REFERENCES act
    ) STRICT;
    """
