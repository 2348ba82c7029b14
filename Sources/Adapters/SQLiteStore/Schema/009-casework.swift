/// People and cases: who may decide, what was proposed and approved, promises, plans, contacts,
/// households in hardship, complaints, the way to court.
///
/// Nothing here has a state: whether a promise is kept, a plan broken, a case lapsed follows from
/// these rows, the payments and the date. Holds that follow from them are in no table either. What
/// was said of a person stands in `personalText`; what a household showed of its hardship stands in
/// `hardshipText` alone, and goes nowhere from there but to those who may see it.
let caseworkSchema = """
    CREATE TABLE user (
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE
    ) STRICT;
    -- What a user may do in a community; the newest row holds.
    CREATE TABLE userRole (
      id INTEGER PRIMARY KEY,
      community INTEGER NOT NULL REFERENCES community,
      user INTEGER NOT NULL REFERENCES user,
      role TEXT NOT NULL CHECK (role IN ('clerk', 'cashier', 'manager', 'administrator', 'auditor')),
      act INTEGER NOT NULL REFERENCES act
    ) STRICT;
    CREATE INDEX roleOfUser ON userRole (user, community);

    -- A household's request for relief.
    CREATE TABLE hardshipCase (
      id INTEGER PRIMARY KEY,
      community INTEGER NOT NULL REFERENCES community,
      unit INTEGER NOT NULL REFERENCES unit,
      account INTEGER NOT NULL REFERENCES account,
      kind TEXT NOT NULL CHECK (kind IN ('long', 'temporary')),
      day INTEGER NOT NULL,
      staff TEXT NOT NULL,                           -- who opened it: the case's own staff
      review INTEGER CHECK (review >= day),          -- until a decision names another; inclusive
      act INTEGER NOT NULL REFERENCES act
    ) STRICT;
    CREATE INDEX caseOfUnit ON hardshipCase (unit);
    -- Others who work on it.
    CREATE TABLE hardshipStaff (
      hardshipCase INTEGER NOT NULL REFERENCES hardshipCase,
      staff TEXT NOT NULL,
      act INTEGER NOT NULL REFERENCES act,
      PRIMARY KEY (hardshipCase, staff)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE hardshipProof (
      id INTEGER PRIMARY KEY,
      hardshipCase INTEGER NOT NULL REFERENCES hardshipCase,
      kind TEXT NOT NULL CHECK (kind IN ('benefit_certificate', 'disability_certificate',
        'hospital_record', 'medical_bills', 'other')),
      validUntil INTEGER,                            -- inclusive
      file INTEGER REFERENCES evidenceFile,
      day INTEGER NOT NULL,
      act INTEGER NOT NULL REFERENCES act
    ) STRICT;
    CREATE INDEX proofOfCase ON hardshipProof (hardshipCase);
    -- What a household has, needs, and can pay, a month.
    CREATE TABLE affordability (
      id INTEGER PRIMARY KEY,
      hardshipCase INTEGER NOT NULL REFERENCES hardshipCase,
      day INTEGER NOT NULL,
      persons INTEGER NOT NULL CHECK (persons > 0),
      allowance INTEGER NOT NULL CHECK (allowance >= 0), -- per person, as of that day
      act INTEGER NOT NULL REFERENCES act
    ) STRICT;
    CREATE INDEX affordabilityOfCase ON affordability (hardshipCase);
    CREATE TABLE affordabilityIncome (
      affordability INTEGER NOT NULL REFERENCES affordability,
      place INTEGER NOT NULL,
      amount INTEGER NOT NULL CHECK (amount >= 0),
      PRIMARY KEY (affordability, place)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE hardshipDecision (
      id INTEGER PRIMARY KEY,
      community INTEGER NOT NULL REFERENCES community,
      hardshipCase INTEGER NOT NULL REFERENCES hardshipCase,
      outcome TEXT NOT NULL CHECK (outcome IN ('granted', 'refused', 'renewed', 'closed')),
      day INTEGER NOT NULL,
      review INTEGER CHECK (review >= day),          -- inclusive
      byWhom TEXT NOT NULL,
      act INTEGER NOT NULL REFERENCES act
    ) STRICT;
    CREATE INDEX decisionOfCase ON hardshipDecision (hardshipCase);
    -- Reasons, notes, sources of income, what a proof says: by the row that they belong to.
    CREATE TABLE hardshipText (
      kind TEXT NOT NULL CHECK (kind IN ('case', 'proof', 'income', 'decision', 'proposal')),
      subject INTEGER NOT NULL,
      place INTEGER NOT NULL,                        -- of an income on its sheet; else 0
      text TEXT NOT NULL,
      PRIMARY KEY (kind, subject, place)
    ) STRICT, WITHOUT ROWID;

    -- What needs two: proposed by one, approved or refused by a manager who is not that one.
    CREATE TABLE proposal (
      id INTEGER PRIMARY KEY,
      community INTEGER NOT NULL REFERENCES community,
      kind TEXT NOT NULL CHECK (kind IN ('waiver', 'concession', 'payment_reversal', 'charge_reversal',
        'write_off', 'plan', 'court')),
      unit INTEGER NOT NULL REFERENCES unit,
      account INTEGER NOT NULL REFERENCES account,
      day INTEGER NOT NULL,
      byWhom TEXT NOT NULL,
      hardshipCase INTEGER REFERENCES hardshipCase,  -- whose relief it is
      item INTEGER REFERENCES item,                  -- NULL: every item, or none
      fromPeriod INTEGER,                            -- of a concession; else the charge's period
      toPeriod INTEGER CHECK (toPeriod >= fromPeriod),
      relief TEXT CHECK (relief IN ('percent', 'amount', 'no_late_fee')),
      value INTEGER,                                 -- 1/100 percent, or fen
      review INTEGER,
      unlessPaidBy INTEGER,                          -- a waiver is void unless the principal is paid by then
      payment INTEGER REFERENCES payment,
      lateFee TEXT CHECK (lateFee IN ('accrue', 'pause')),
      forgives INTEGER CHECK (forgives IN (0, 1)),   -- what was paused stays so when the plan is broken
      brokenAfter INTEGER CHECK (brokenAfter >= 0),  -- broken once a part is more than so many days late
      act INTEGER NOT NULL REFERENCES act,
      CHECK ((kind = 'plan') = (lateFee IS NOT NULL)),
      CHECK ((kind = 'plan') = (brokenAfter IS NOT NULL)),
      CHECK ((kind = 'payment_reversal') = (payment IS NOT NULL))
    ) STRICT;
    CREATE INDEX proposalOfUnit ON proposal (unit);
    -- What every walk asks for: mostly there is none.
    CREATE INDEX planOfUnit ON proposal (unit) WHERE lateFee IS NOT NULL;
    CREATE INDEX conditionOfUnit ON proposal (unit) WHERE unlessPaidBy IS NOT NULL;
    CREATE TABLE approval (
      id INTEGER PRIMARY KEY,
      community INTEGER NOT NULL REFERENCES community,
      proposal INTEGER NOT NULL UNIQUE REFERENCES proposal,
      approved INTEGER NOT NULL CHECK (approved IN (0, 1)),
      day INTEGER NOT NULL,                          -- it takes effect on it
      byWhom TEXT NOT NULL,
      act INTEGER NOT NULL REFERENCES act
    ) STRICT;
    -- An instalment plan is an approved proposal of one.
    CREATE TABLE planPart (
      proposal INTEGER NOT NULL REFERENCES proposal,
      place INTEGER NOT NULL,                        -- from 1
      due INTEGER NOT NULL,
      amount INTEGER NOT NULL CHECK (amount > 0),
      PRIMARY KEY (proposal, place)
    ) STRICT, WITHOUT ROWID;
    -- What it covers, as it stood on the day of the proposal.
    CREATE TABLE planCharge (
      proposal INTEGER NOT NULL REFERENCES proposal,
      period INTEGER NOT NULL,
      item INTEGER NOT NULL REFERENCES item,
      principal INTEGER NOT NULL,
      lateFee INTEGER NOT NULL,                      -- 0 where the plan covers principal alone
      PRIMARY KEY (proposal, period, item)
    ) STRICT, WITHOUT ROWID;
    -- The agreement, signed: it acknowledges the debt.
    CREATE TABLE planSignature (
      id INTEGER PRIMARY KEY,
      community INTEGER NOT NULL REFERENCES community,
      proposal INTEGER NOT NULL UNIQUE REFERENCES proposal,
      day INTEGER NOT NULL,
      relation TEXT NOT NULL,
      staff TEXT NOT NULL,
      act INTEGER NOT NULL REFERENCES act
    ) STRICT;
    CREATE TABLE planSignatureFile (
      signature INTEGER NOT NULL REFERENCES planSignature,
      place INTEGER NOT NULL,                        -- from 1
      file INTEGER NOT NULL REFERENCES evidenceFile,
      PRIMARY KEY (signature, place)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX signatureByFile ON planSignatureFile (file);

    CREATE TABLE promise (
      id INTEGER PRIMARY KEY,
      community INTEGER NOT NULL REFERENCES community,
      unit INTEGER NOT NULL REFERENCES unit,
      account INTEGER NOT NULL REFERENCES account,
      amount INTEGER NOT NULL CHECK (amount > 0),
      day INTEGER NOT NULL,
      until INTEGER NOT NULL CHECK (until >= day),   -- inclusive
      written INTEGER NOT NULL CHECK (written IN (0, 1)),
      staff TEXT NOT NULL,
      act INTEGER NOT NULL REFERENCES act
    ) STRICT;
    CREATE INDEX promiseOfUnit ON promise (unit);

    CREATE TABLE contact (
      id INTEGER PRIMARY KEY,
      community INTEGER NOT NULL REFERENCES community,
      unit INTEGER NOT NULL REFERENCES unit,
      account INTEGER NOT NULL REFERENCES account,
      how TEXT NOT NULL CHECK (how IN ('call', 'visit', 'message', 'letter')),
      day INTEGER NOT NULL,
      minute INTEGER CHECK (minute BETWEEN 0 AND 1439), -- of the day, by the office's clock
      staff TEXT NOT NULL,
      secondStaff TEXT CHECK (secondStaff <> staff),
      relation TEXT NOT NULL,                        -- of whom they spoke to
      reason TEXT CHECK (reason IN ('forgot', 'disputes', 'broken', 'temporary', 'long', 'deceased',
        'unreachable', 'refuses')),
      nextDay INTEGER,
      brokenRules TEXT NOT NULL,                     -- joined by ';'
      corrects INTEGER UNIQUE REFERENCES contact,    -- which counts no more
      act INTEGER NOT NULL REFERENCES act
    ) STRICT;
    CREATE INDEX contactOfUnit ON contact (unit);

    -- A complaint about the service, apart from the debt.
    CREATE TABLE complaint (
      id INTEGER PRIMARY KEY,
      community INTEGER NOT NULL REFERENCES community,
      unit INTEGER NOT NULL REFERENCES unit,
      account INTEGER NOT NULL REFERENCES account,
      contact INTEGER UNIQUE REFERENCES contact,     -- in which it was made
      day INTEGER NOT NULL,
      staff TEXT NOT NULL,
      act INTEGER NOT NULL REFERENCES act
    ) STRICT;
    CREATE INDEX complaintOfUnit ON complaint (unit);
    CREATE TABLE complaintAnswer (
      id INTEGER PRIMARY KEY,
      community INTEGER NOT NULL REFERENCES community,
      complaint INTEGER NOT NULL UNIQUE REFERENCES complaint,
      day INTEGER NOT NULL,
      byWhom TEXT NOT NULL,
      act INTEGER NOT NULL REFERENCES act
    ) STRICT;

    -- Steps on the way to court, after a manager approved it.
    CREATE TABLE courtStep (
      id INTEGER PRIMARY KEY,
      community INTEGER NOT NULL REFERENCES community,
      unit INTEGER NOT NULL REFERENCES unit,
      account INTEGER NOT NULL REFERENCES account,
      proposal INTEGER NOT NULL REFERENCES proposal, -- by whose approval
      stage TEXT NOT NULL CHECK (stage IN ('demand_served', 'lawyers_letter', 'filed', 'hearing',
        'judgment', 'enforcement', 'ended')),
      day INTEGER NOT NULL,
      cost INTEGER NOT NULL CHECK (cost >= 0),
      file INTEGER REFERENCES evidenceFile,
      staff TEXT NOT NULL,
      act INTEGER NOT NULL REFERENCES act
    ) STRICT;
    CREATE INDEX courtStepOfUnit ON courtStep (unit);
    CREATE INDEX stepOfProposal ON courtStep (proposal);

    -- A manager's judgement in place of the rules'; the newest holds, NULL: the rules again.
    CREATE TABLE riskOverride (
      id INTEGER PRIMARY KEY,
      community INTEGER NOT NULL REFERENCES community,
      unit INTEGER NOT NULL REFERENCES unit,
      account INTEGER NOT NULL REFERENCES account,
      class TEXT CHECK (class IN ('not_due', 'demanded', 'doubtful', 'bad', 'dead')),
      day INTEGER NOT NULL,
      byWhom TEXT NOT NULL,
      act INTEGER NOT NULL REFERENCES act
    ) STRICT;
    CREATE INDEX riskOverrideOfUnit ON riskOverride (unit);

    -- A promise or court step that was entered by mistake; from the day on it counts no more.
    CREATE TABLE retraction (
      id INTEGER PRIMARY KEY,
      community INTEGER NOT NULL REFERENCES community,
      kind TEXT NOT NULL CHECK (kind IN ('promise', 'court step')),
      subject INTEGER NOT NULL,
      day INTEGER NOT NULL,
      act INTEGER NOT NULL REFERENCES act,
      UNIQUE (kind, subject)
    ) STRICT;

    -- A hold of the register ended before its last day; the newest end counts.
    CREATE TABLE holdEnd (
      id INTEGER PRIMARY KEY,
      community INTEGER NOT NULL REFERENCES community,
      hold INTEGER NOT NULL REFERENCES hold,
      day INTEGER NOT NULL,                          -- its last: inclusive
      act INTEGER NOT NULL REFERENCES act
    ) STRICT;
    CREATE INDEX endOfHold ON holdEnd (hold);
    """
