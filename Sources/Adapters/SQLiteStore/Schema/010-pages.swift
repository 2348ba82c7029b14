/// The office's pages: who may log in and how, who is logged in, which forms were posted.
///
/// A user's password, codes, state and language are rows, each with its act; the newest holds. No
/// secret stands here in clear: of passwords there are hashes by scrypt, of what a browser holds
/// the SHA-256, and the secrets of codes are sealed by a key outside the database. Moments are
/// milliseconds.
let pagesSchema = """
    CREATE TABLE userPassword (
      id INTEGER PRIMARY KEY,
      user INTEGER NOT NULL REFERENCES user,
      hash TEXT NOT NULL,                            -- scrypt, with its parameters and salt
      act INTEGER NOT NULL REFERENCES act
    ) STRICT;
    CREATE INDEX passwordOfUser ON userPassword (user);
    CREATE TABLE userTOTP (
      id INTEGER PRIMARY KEY,
      user INTEGER NOT NULL REFERENCES user,
      secret BLOB,                                   -- sealed (FieldKey); NULL: none any more
      act INTEGER NOT NULL REFERENCES act
    ) STRICT;
    CREATE INDEX totpOfUser ON userTOTP (user);
    -- The step of the code that was taken last: no code is taken twice.
    CREATE TABLE totpStep (
      user INTEGER PRIMARY KEY REFERENCES user,
      step INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE userDisabled (
      id INTEGER PRIMARY KEY,
      user INTEGER NOT NULL REFERENCES user,
      disabled INTEGER NOT NULL CHECK (disabled IN (0, 1)),
      act INTEGER NOT NULL REFERENCES act
    ) STRICT;
    CREATE INDEX disabledOfUser ON userDisabled (user);
    CREATE TABLE userLanguage (
      id INTEGER PRIMARY KEY,
      user INTEGER NOT NULL REFERENCES user,
      language TEXT NOT NULL CHECK (language IN ('zh', 'en')),
      act INTEGER NOT NULL REFERENCES act
    ) STRICT;
    CREATE INDEX languageOfUser ON userLanguage (user);

    -- A link by which a user sets a password; the newest one of a user holds, until one is set.
    CREATE TABLE userInvitation (
      id INTEGER PRIMARY KEY,
      tokenHash BLOB NOT NULL UNIQUE,
      user INTEGER REFERENCES user,                  -- NULL: the first one, who is made by it
      until INTEGER NOT NULL,                        -- not inclusive
      act INTEGER REFERENCES act,
      CHECK ((user IS NULL) = (act IS NULL))
    ) STRICT;
    CREATE INDEX invitationOfUser ON userInvitation (user);

    -- A user logged in with a browser.
    CREATE TABLE webSession (
      id INTEGER PRIMARY KEY,
      tokenHash BLOB NOT NULL UNIQUE,
      user INTEGER NOT NULL REFERENCES user,
      community INTEGER NOT NULL REFERENCES community, -- in which the user works now
      createdAt INTEGER NOT NULL,
      lastSeenAt INTEGER NOT NULL,                   -- to the minute
      confirmedAt INTEGER NOT NULL,                  -- password and code were given last
      endedAt INTEGER,                               -- NULL: by its age alone
      agent TEXT NOT NULL                            -- what the browser calls itself
    ) STRICT;
    CREATE INDEX sessionOfUser ON webSession (user);
    -- A browser with which a user logged in before.
    CREATE TABLE userDevice (
      tokenHash BLOB NOT NULL,
      user INTEGER NOT NULL REFERENCES user,
      PRIMARY KEY (tokenHash, user)
    ) STRICT, WITHOUT ROWID;

    -- Who got in, and who was refused what. Bounded: the oldest rows go.
    CREATE TABLE securityEvent (
      id INTEGER PRIMARY KEY,
      at INTEGER NOT NULL,
      kind TEXT NOT NULL,
      isRefusal INTEGER NOT NULL CHECK (isRefusal IN (0, 1)),
      user INTEGER REFERENCES user,                  -- NULL: nobody known; no typed name stands here
      about INTEGER REFERENCES user,                 -- upon whom, where it is another
      address TEXT,                                  -- whence, where it matters
      route TEXT,                                    -- the pattern of what was refused
      count INTEGER NOT NULL CHECK (count > 0)       -- within the hour
    ) STRICT;
    CREATE INDEX eventByOutcome ON securityEvent (isRefusal, id);

    -- A form that had its effect: posted again, it has none.
    CREATE TABLE formUse (
      token TEXT PRIMARY KEY,
      act INTEGER NOT NULL REFERENCES act,
      location TEXT                                  -- the page that it led to
    ) STRICT, WITHOUT ROWID;

    -- Who did what, the newest first.
    CREATE INDEX actOfCommunity ON act (community);
    """
