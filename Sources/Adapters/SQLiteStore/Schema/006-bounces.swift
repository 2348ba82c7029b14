/// What came back: reports about our messages, and addresses that no longer take mail.
///
/// A bounce is a fact; that an address is *marked* follows from bounces, and stands as a row of its
/// own with the bounce that decided it. A mark holds for one owner at one address: another address
/// in the register has none, and staff may lift one with a reason. An open mark is the task for
/// staff: ask for the right address. The report's bytes stand in the row rather than in the
/// evidence folder: a report, its marks and its letter are one transaction, reports are small (128
/// KB at most, which is what is read of them), and erasing a person must reach them.
let bounceSchema = """
    -- A mailbox or maildir that reports are fetched from, and how far it was read. It is never changed.
    CREATE TABLE reportBox (
      id INTEGER PRIMARY KEY,
      community INTEGER NOT NULL REFERENCES community,
      name TEXT NOT NULL,                            -- imaps://user@host:port/INBOX, or the folder's path
      uidValidity INTEGER,                           -- IMAP: with another one, numbers begin anew
      lastUID INTEGER,
      UNIQUE (community, name),
      CHECK ((uidValidity IS NULL) = (lastUID IS NULL))
    ) STRICT;
    -- Files of a maildir that were read and are still there, by the part of their name that stays.
    CREATE TABLE maildirFile (
      box INTEGER NOT NULL REFERENCES reportBox,
      name TEXT NOT NULL,
      PRIMARY KEY (box, name)
    ) STRICT, WITHOUT ROWID;

    -- A mail that reports about ours, by the SHA-256 of its bytes with LF line ends: read twice, or
    -- from two places, it counts once.
    CREATE TABLE bounceMail (
      id INTEGER PRIMARY KEY,
      community INTEGER NOT NULL REFERENCES community,
      sha256 TEXT NOT NULL,
      source TEXT NOT NULL,
      bytes BLOB NOT NULL,
      act INTEGER NOT NULL REFERENCES act,
      UNIQUE (community, sha256)
    ) STRICT;

    CREATE TABLE bounce (
      id INTEGER PRIMARY KEY,
      mail INTEGER NOT NULL REFERENCES bounceMail,
      recipient TEXT NOT NULL,                       -- as the report names it
      message INTEGER REFERENCES message,            -- NULL: none of ours is known by it
      messageID TEXT,                                -- that the report names
      action TEXT NOT NULL CHECK (action IN ('failed', 'delayed', 'delivered', 'relayed')),
      status TEXT NOT NULL,                          -- 5.1.1, or empty
      reason TEXT NOT NULL CHECK (reason IN ('unknown_address', 'mailbox_full', 'refused', 'other')),
      permanent INTEGER NOT NULL CHECK (permanent IN (0, 1)),
      words TEXT NOT NULL,
      UNIQUE (mail, recipient)
    ) STRICT;
    CREATE INDEX bounceOfMessage ON bounce (message);

    -- An owner's address that takes no mail.
    CREATE TABLE addressMark (
      id INTEGER PRIMARY KEY,
      owner INTEGER NOT NULL REFERENCES owner,
      address TEXT NOT NULL,
      bounce INTEGER NOT NULL UNIQUE REFERENCES bounce,  -- that decided it
      act INTEGER NOT NULL REFERENCES act
    ) STRICT;
    CREATE INDEX markOfOwner ON addressMark (owner);
    CREATE TABLE addressMarkLift (
      mark INTEGER PRIMARY KEY REFERENCES addressMark,
      reason TEXT NOT NULL,
      act INTEGER NOT NULL REFERENCES act
    ) STRICT;
    -- Marks that hold: not lifted, and still the owner's address.
    CREATE VIEW markedAddress AS
      SELECT addressMark.id AS mark, addressMark.owner, addressMark.address, bounce
      FROM addressMark JOIN person ON person.owner = addressMark.owner
        AND lower(person.email) = lower(addressMark.address)
      WHERE NOT EXISTS (SELECT 1 FROM addressMarkLift WHERE addressMarkLift.mark = addressMark.id);

    -- Letters that were made because a message of their notice came back.
    CREATE TABLE letterForBounce (
      notice INTEGER PRIMARY KEY REFERENCES letter,
      bounce INTEGER NOT NULL REFERENCES bounce
    ) STRICT;
    """
