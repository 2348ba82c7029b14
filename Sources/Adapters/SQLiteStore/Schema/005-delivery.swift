/// What became of messages. Moments are milliseconds since 1970, in UTC.
///
/// A message's last `delivery` says how it stands; without one it is queued. The row `in_doubt` is
/// written just before the end of the message leaves: a sender that dies there leaves it as the
/// truth.
let deliverySchema = """
    -- One pass over what waits, of one sender: a lock holds on this machine, the lease on others.
    CREATE TABLE mailSender (
      id INTEGER PRIMARY KEY,
      community INTEGER NOT NULL REFERENCES community,
      account TEXT NOT NULL,                         -- server and user, to which rate limits belong
      machine TEXT NOT NULL,
      begunAt INTEGER NOT NULL,
      leaseUntil INTEGER NOT NULL,
      endedAt INTEGER
    ) STRICT;
    CREATE INDEX senderAtWork ON mailSender (id) WHERE endedAt IS NULL;

    CREATE TABLE delivery (
      id INTEGER PRIMARY KEY,
      message INTEGER NOT NULL REFERENCES message,
      state TEXT NOT NULL CHECK (state IN
        ('queued', 'accepted', 'deferred', 'rejected', 'in_doubt', 'cancelled')),
      attempt INTEGER NOT NULL,                      -- how often it was tried by then
      at INTEGER NOT NULL,
      sender INTEGER REFERENCES mailSender,          -- NULL: somebody decided it
      act INTEGER REFERENCES act,
      step TEXT,                                     -- of the dialogue with the server
      code INTEGER,
      words TEXT NOT NULL,                           -- the server's, or the reason given
      queueID TEXT,                                  -- the server's name for it
      retryAt INTEGER,                               -- not before
      CHECK ((sender IS NULL) = (act IS NOT NULL)),
      CHECK ((state = 'deferred') = (retryAt IS NOT NULL))
    ) STRICT;
    CREATE INDEX deliveryOfMessage ON delivery (message);
    CREATE INDEX deliveryOfSender ON delivery (sender, at);

    -- Derived: whether a sender has to look at it (queued, deferred).
    ALTER TABLE message ADD COLUMN waits INTEGER NOT NULL DEFAULT 1 CHECK (waits IN (0, 1));
    CREATE INDEX waitingMessage ON message (community, id) WHERE waits = 1;
    """
