/// What letters show beside words: the office's seal, its collection code.
///
/// The policy names them as files beside itself; here they stand with their bytes, so that letters
/// need no folder. The newest of a name holds; older ones stay, and tell what a letter once showed.
let letterSchema = """
    CREATE TABLE picture (
      id INTEGER PRIMARY KEY,
      community INTEGER NOT NULL REFERENCES community,
      name TEXT NOT NULL,
      sha256 TEXT NOT NULL,
      bytes BLOB NOT NULL,
      act INTEGER NOT NULL REFERENCES act
    ) STRICT;
    CREATE INDEX pictureOfName ON picture (community, name);
    """
