/// What is owed and what was paid: schedule, charges, payments, and the entries that tie them.
///
/// Amounts are fen, dates day numbers since 1970-01-01, periods months since year 0. Facts are
/// never updated; `charge.settled` alone is derived, kept in the transaction of the entries.
/// Charges and entries are clustered by unit, so that a walk over the units reads them in order.
let ledgerSchema = """
    CREATE TABLE item (
      id INTEGER PRIMARY KEY,
      community INTEGER NOT NULL REFERENCES community,
      code TEXT NOT NULL,
      name TEXT NOT NULL,
      UNIQUE (community, code)
    ) STRICT;

    CREATE TABLE feeLine (
      id INTEGER PRIMARY KEY,
      community INTEGER NOT NULL REFERENCES community,
      item INTEGER NOT NULL REFERENCES item,
      basis TEXT NOT NULL CHECK (basis IN ('area', 'fixed', 'metered')),
      price INTEGER NOT NULL CHECK (price >= 0),     -- 1/10000 yuan
      cycle INTEGER NOT NULL CHECK (cycle IN (1, 3, 6, 12)),
      kinds TEXT NOT NULL,                           -- joined by ';'
      fromDay INTEGER NOT NULL,
      toDay INTEGER CHECK (toDay >= fromDay),        -- inclusive; NULL: open
      UNIQUE (item, kinds, fromDay)
    ) STRICT;

    CREATE TABLE reading (
      unit INTEGER NOT NULL REFERENCES unit,
      period INTEGER NOT NULL,
      item INTEGER NOT NULL REFERENCES item,
      previous INTEGER NOT NULL CHECK (previous >= 0),           -- 1/1000
      reading INTEGER NOT NULL CHECK (reading >= previous),
      act INTEGER NOT NULL REFERENCES act,
      PRIMARY KEY (unit, period, item)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE charge (
      unit INTEGER NOT NULL REFERENCES unit,
      period INTEGER NOT NULL,
      item INTEGER NOT NULL REFERENCES item,
      account INTEGER NOT NULL REFERENCES account,
      amount INTEGER NOT NULL CHECK (amount > 0),
      due INTEGER NOT NULL,
      issuedAsOf INTEGER,                            -- the run's date; NULL: history from before
      act INTEGER NOT NULL REFERENCES act,
      settled INTEGER,                               -- from this day on nothing is open; NULL: open
      PRIMARY KEY (unit, period, item)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE payment (
      id INTEGER PRIMARY KEY,
      community INTEGER NOT NULL REFERENCES community,
      reference TEXT NOT NULL,
      unit INTEGER NOT NULL REFERENCES unit,
      account INTEGER NOT NULL REFERENCES account,
      namedOwner INTEGER REFERENCES owner,
      valueDate INTEGER NOT NULL,
      amount INTEGER NOT NULL CHECK (amount > 0),
      method TEXT NOT NULL,
      payer TEXT NOT NULL,
      note TEXT NOT NULL,
      act INTEGER NOT NULL REFERENCES act,
      UNIQUE (community, reference)
    ) STRICT;
    CREATE INDEX paymentOfUnit ON payment (unit, valueDate);

    CREATE TABLE waiver (
      id INTEGER PRIMARY KEY,
      community INTEGER NOT NULL REFERENCES community,
      reference TEXT NOT NULL,
      unit INTEGER NOT NULL,
      period INTEGER NOT NULL,
      item INTEGER NOT NULL,
      valueDate INTEGER NOT NULL,
      amount INTEGER NOT NULL CHECK (amount > 0),    -- asked for; what was taken off is the entry
      reason TEXT NOT NULL,
      approvedBy TEXT NOT NULL,
      act INTEGER NOT NULL REFERENCES act,
      UNIQUE (community, reference),
      FOREIGN KEY (unit, period, item) REFERENCES charge
    ) STRICT;
    CREATE INDEX waiverOfUnit ON waiver (unit, period, item);

    CREATE TABLE concession (
      id INTEGER PRIMARY KEY,
      community INTEGER NOT NULL REFERENCES community,
      reference TEXT NOT NULL,
      unit INTEGER NOT NULL REFERENCES unit,
      account INTEGER NOT NULL REFERENCES account,
      item INTEGER REFERENCES item,                  -- NULL: every item
      fromPeriod INTEGER NOT NULL,
      toPeriod INTEGER CHECK (toPeriod >= fromPeriod),
      kind TEXT NOT NULL CHECK (kind IN ('percent', 'amount', 'no_late_fee')),
      value INTEGER NOT NULL,                        -- 1/100 percent, or fen
      reason TEXT NOT NULL,
      approvedBy TEXT NOT NULL,
      review INTEGER,
      decided INTEGER,
      act INTEGER NOT NULL REFERENCES act,
      UNIQUE (community, reference)
    ) STRICT;
    CREATE INDEX concessionOfUnit ON concession (unit);

    -- What was entered by mistake: a payment, or a charge; undone by entries from `valueDate` on.
    CREATE TABLE reversal (
      id INTEGER PRIMARY KEY,
      community INTEGER NOT NULL REFERENCES community,
      payment INTEGER UNIQUE REFERENCES payment,
      unit INTEGER,
      period INTEGER,
      item INTEGER,
      valueDate INTEGER NOT NULL,
      reason TEXT NOT NULL,
      act INTEGER NOT NULL REFERENCES act,
      UNIQUE (unit, period, item),
      FOREIGN KEY (unit, period, item) REFERENCES charge,
      CHECK ((payment IS NULL) = (unit IS NOT NULL))
    ) STRICT;

    -- Entries of one charge are counted by sequence; credit stands under period 0, item = account.
    CREATE TABLE entry (
      unit INTEGER NOT NULL REFERENCES unit,
      period INTEGER NOT NULL,
      item INTEGER NOT NULL,
      sequence INTEGER NOT NULL,
      target INTEGER NOT NULL CHECK (target BETWEEN 0 AND 3),  -- principal, late fee, exemption, credit
      valueDate INTEGER NOT NULL,
      amount INTEGER NOT NULL,
      lot INTEGER,                                   -- of credit: the day from which the lot holds
      payment INTEGER REFERENCES payment,
      waiver INTEGER REFERENCES waiver,
      concession INTEGER REFERENCES concession,
      reversal INTEGER REFERENCES reversal,          -- of the charge itself
      act INTEGER NOT NULL REFERENCES act,
      PRIMARY KEY (unit, period, item, sequence),
      CHECK ((payment IS NOT NULL) + (waiver IS NOT NULL) + (concession IS NOT NULL)
        + (reversal IS NOT NULL) = 1),
      CHECK ((target = 3) = (lot IS NOT NULL))
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE hold (
      id INTEGER PRIMARY KEY,
      community INTEGER NOT NULL REFERENCES community,
      unit INTEGER NOT NULL REFERENCES unit,
      account INTEGER NOT NULL REFERENCES account,
      reason TEXT NOT NULL,
      fromDay INTEGER NOT NULL,
      toDay INTEGER CHECK (toDay >= fromDay),
      note TEXT NOT NULL,
      act INTEGER NOT NULL REFERENCES act,
      UNIQUE (unit, reason, fromDay)
    ) STRICT;

    -- The same, for people who open the file with a database browser.
    CREATE VIEW chargeAsText AS
      SELECT unit.code AS unit, item.code AS item,
        printf('%04d-%02d', charge.period / 12, charge.period % 12 + 1) AS period,
        printf('%.2f', charge.amount / 100.0) AS amount, date(charge.due * 86400, 'unixepoch') AS due
      FROM charge JOIN unit ON unit.id = charge.unit JOIN item ON item.id = charge.item;
    CREATE VIEW paymentAsText AS
      SELECT reference, unit.code AS unit, date(valueDate * 86400, 'unixepoch') AS valueDate,
        printf('%.2f', amount / 100.0) AS amount, method
      FROM payment JOIN unit ON unit.id = payment.unit;
    """
