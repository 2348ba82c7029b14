CREATE VIEW chargeAsText AS
  SELECT unit.code AS unit, item.code AS item,
    printf('%04d-%02d', charge.period / 12, charge.period % 12 + 1) AS period,
    printf('%.2f', charge.amount / 100.0) AS amount, date(charge.due * 86400, 'unixepoch') AS due
  FROM charge JOIN unit ON unit.id = charge.unit JOIN item ON item.id = charge.item;

CREATE VIEW markedAddress AS
  SELECT addressMark.id AS mark, addressMark.owner, addressMark.address, bounce
  FROM addressMark JOIN person ON person.owner = addressMark.owner
    AND lower(person.email) = lower(addressMark.address)
  WHERE NOT EXISTS (SELECT 1 FROM addressMarkLift WHERE addressMarkLift.mark = addressMark.id);

CREATE VIEW paymentAsText AS
  SELECT reference, unit.code AS unit, date(valueDate * 86400, 'unixepoch') AS valueDate,
    printf('%.2f', amount / 100.0) AS amount, method
  FROM payment JOIN unit ON unit.id = payment.unit;

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

CREATE TABLE act (
  id INTEGER PRIMARY KEY,
  community INTEGER NOT NULL REFERENCES community,
  kind TEXT NOT NULL,
  byWhom TEXT NOT NULL,
  at TEXT NOT NULL,               -- UTC, to the millisecond
  detail TEXT NOT NULL
) STRICT;

CREATE TABLE addressMark (
  id INTEGER PRIMARY KEY,
  owner INTEGER NOT NULL REFERENCES owner,
  address TEXT NOT NULL,
  bounce INTEGER NOT NULL UNIQUE REFERENCES bounce,  -- that decided it
  act INTEGER NOT NULL REFERENCES act
) STRICT;

CREATE TABLE addressMarkLift (
  mark INTEGER PRIMARY KEY REFERENCES addressMark,
  reason TEXT NOT NULL,
  act INTEGER NOT NULL REFERENCES act
) STRICT;

CREATE TABLE affordability (
  id INTEGER PRIMARY KEY,
  hardshipCase INTEGER NOT NULL REFERENCES hardshipCase,
  day INTEGER NOT NULL,
  persons INTEGER NOT NULL CHECK (persons > 0),
  allowance INTEGER NOT NULL CHECK (allowance >= 0), -- per person, as of that day
  act INTEGER NOT NULL REFERENCES act
) STRICT;

CREATE TABLE affordabilityIncome (
  affordability INTEGER NOT NULL REFERENCES affordability,
  place INTEGER NOT NULL,
  amount INTEGER NOT NULL CHECK (amount >= 0),
  PRIMARY KEY (affordability, place)
) STRICT, WITHOUT ROWID;

CREATE TABLE approval (
  id INTEGER PRIMARY KEY,
  community INTEGER NOT NULL REFERENCES community,
  proposal INTEGER NOT NULL UNIQUE REFERENCES proposal,
  approved INTEGER NOT NULL CHECK (approved IN (0, 1)),
  day INTEGER NOT NULL,                          -- it takes effect on it
  byWhom TEXT NOT NULL,
  act INTEGER NOT NULL REFERENCES act
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

CREATE TABLE bounceMail (
  id INTEGER PRIMARY KEY,
  community INTEGER NOT NULL REFERENCES community,
  sha256 TEXT NOT NULL,
  source TEXT NOT NULL,
  bytes BLOB NOT NULL,
  act INTEGER NOT NULL REFERENCES act,
  UNIQUE (community, sha256)
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

CREATE TABLE chainStamp (
  id INTEGER PRIMARY KEY,
  community INTEGER NOT NULL REFERENCES community,
  position INTEGER NOT NULL,
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  stampedAt TEXT NOT NULL,                       -- UTC, as the service says
  file INTEGER NOT NULL REFERENCES evidenceFile,
  act INTEGER NOT NULL REFERENCES act
) STRICT;

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

CREATE TABLE commitment (
  kind TEXT NOT NULL,
  subject INTEGER NOT NULL,
  field TEXT NOT NULL,
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  PRIMARY KEY (kind, subject, field)
) STRICT, WITHOUT ROWID;

CREATE TABLE community (
  id INTEGER PRIMARY KEY,
  code TEXT NOT NULL UNIQUE
) STRICT;

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

CREATE TABLE complaintAnswer (
  id INTEGER PRIMARY KEY,
  community INTEGER NOT NULL REFERENCES community,
  complaint INTEGER NOT NULL UNIQUE REFERENCES complaint,
  day INTEGER NOT NULL,
  byWhom TEXT NOT NULL,
  act INTEGER NOT NULL REFERENCES act
) STRICT;

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

CREATE TABLE contactTask (
  notice INTEGER PRIMARY KEY REFERENCES notice,
  channel TEXT NOT NULL CHECK (channel IN ('phone', 'fax'))
) STRICT;

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

CREATE TABLE evidenceFile (
  id INTEGER PRIMARY KEY,
  community INTEGER NOT NULL REFERENCES community,
  sha256 TEXT NOT NULL,
  extension TEXT NOT NULL,
  act INTEGER NOT NULL REFERENCES act,           -- the first that named it
  UNIQUE (community, sha256, extension)
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

CREATE TABLE formUse (
  token TEXT PRIMARY KEY,
  act INTEGER NOT NULL REFERENCES act,
  location TEXT                                  -- the page that it led to
) STRICT, WITHOUT ROWID;

CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);

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

CREATE TABLE hardshipStaff (
  hardshipCase INTEGER NOT NULL REFERENCES hardshipCase,
  staff TEXT NOT NULL,
  act INTEGER NOT NULL REFERENCES act,
  PRIMARY KEY (hardshipCase, staff)
) STRICT, WITHOUT ROWID;

CREATE TABLE hardshipText (
  kind TEXT NOT NULL CHECK (kind IN ('case', 'proof', 'income', 'decision', 'proposal')),
  subject INTEGER NOT NULL,
  place INTEGER NOT NULL,                        -- of an income on its sheet; else 0
  text TEXT NOT NULL,
  PRIMARY KEY (kind, subject, place)
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

CREATE TABLE holdEnd (
  id INTEGER PRIMARY KEY,
  community INTEGER NOT NULL REFERENCES community,
  hold INTEGER NOT NULL REFERENCES hold,
  day INTEGER NOT NULL,                          -- its last: inclusive
  act INTEGER NOT NULL REFERENCES act
) STRICT;

CREATE TABLE item (
  id INTEGER PRIMARY KEY,
  community INTEGER NOT NULL REFERENCES community,
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  UNIQUE (community, code)
) STRICT;

CREATE TABLE letter (
  notice INTEGER PRIMARY KEY REFERENCES notice,
  channel TEXT NOT NULL CHECK (channel IN ('mailbox', 'hand', 'registered'))
) STRICT;

CREATE TABLE letterBatch (
  id INTEGER PRIMARY KEY,
  community INTEGER NOT NULL REFERENCES community,
  sha256 TEXT NOT NULL,
  act INTEGER NOT NULL REFERENCES act
) STRICT;

CREATE TABLE letterForBounce (
  notice INTEGER PRIMARY KEY REFERENCES letter,
  bounce INTEGER NOT NULL REFERENCES bounce
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

CREATE TABLE mailSender (
  id INTEGER PRIMARY KEY,
  community INTEGER NOT NULL REFERENCES community,
  account TEXT NOT NULL,                         -- server and user, to which rate limits belong
  machine TEXT NOT NULL,
  begunAt INTEGER NOT NULL,
  leaseUntil INTEGER NOT NULL,
  endedAt INTEGER
) STRICT;

CREATE TABLE maildirFile (
  box INTEGER NOT NULL REFERENCES reportBox,
  name TEXT NOT NULL,
  PRIMARY KEY (box, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE message (
  id INTEGER PRIMARY KEY,
  community INTEGER NOT NULL REFERENCES community,
  notice INTEGER NOT NULL REFERENCES notice,
  owner INTEGER NOT NULL REFERENCES owner,
  recipient TEXT NOT NULL, waits INTEGER NOT NULL DEFAULT 1 CHECK (waits IN (0, 1)),
  UNIQUE (notice, owner)
) STRICT;

CREATE TABLE messageBody (
  message INTEGER PRIMARY KEY REFERENCES message,
  messageID TEXT NOT NULL UNIQUE,
  bytes BLOB NOT NULL,
  sha256 TEXT NOT NULL,
  composedAt TEXT NOT NULL
) STRICT;

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

CREATE TABLE owner (
  id INTEGER PRIMARY KEY,
  community INTEGER NOT NULL REFERENCES community,
  code TEXT NOT NULL,
  channels TEXT NOT NULL,                        -- joined by ';'
  language TEXT NOT NULL CHECK (language IN ('zh', 'en')),
  UNIQUE (community, code)
) STRICT;

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

CREATE TABLE person (
  owner INTEGER PRIMARY KEY REFERENCES owner,
  name TEXT NOT NULL,
  phone TEXT NOT NULL,
  email TEXT NOT NULL,
  address TEXT NOT NULL
) STRICT;

CREATE TABLE personalText (
  kind TEXT NOT NULL,
  subject INTEGER NOT NULL,
  field TEXT NOT NULL,
  salt BLOB NOT NULL CHECK (length(salt) = 16),
  text TEXT,                                     -- NULL: stands in the column of that name
  PRIMARY KEY (kind, subject, field),
  FOREIGN KEY (kind, subject, field) REFERENCES commitment
) STRICT, WITHOUT ROWID;

CREATE TABLE picture (
  id INTEGER PRIMARY KEY,
  community INTEGER NOT NULL REFERENCES community,
  name TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  bytes BLOB NOT NULL,
  act INTEGER NOT NULL REFERENCES act
) STRICT;

CREATE TABLE planCharge (
  proposal INTEGER NOT NULL REFERENCES proposal,
  period INTEGER NOT NULL,
  item INTEGER NOT NULL REFERENCES item,
  principal INTEGER NOT NULL,
  lateFee INTEGER NOT NULL,                      -- 0 where the plan covers principal alone
  PRIMARY KEY (proposal, period, item)
) STRICT, WITHOUT ROWID;

CREATE TABLE planPart (
  proposal INTEGER NOT NULL REFERENCES proposal,
  place INTEGER NOT NULL,                        -- from 1
  due INTEGER NOT NULL,
  amount INTEGER NOT NULL CHECK (amount > 0),
  PRIMARY KEY (proposal, place)
) STRICT, WITHOUT ROWID;

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

CREATE TABLE policyVersion (
  id INTEGER PRIMARY KEY,
  community INTEGER NOT NULL REFERENCES community,
  yaml TEXT NOT NULL,
  act INTEGER NOT NULL REFERENCES act
) STRICT;

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

CREATE TABLE reading (
  unit INTEGER NOT NULL REFERENCES unit,
  period INTEGER NOT NULL,
  item INTEGER NOT NULL REFERENCES item,
  previous INTEGER NOT NULL CHECK (previous >= 0),           -- 1/1000
  reading INTEGER NOT NULL CHECK (reading >= previous),
  act INTEGER NOT NULL REFERENCES act,
  PRIMARY KEY (unit, period, item)
) STRICT, WITHOUT ROWID;

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

CREATE TABLE reportBox (
  id INTEGER PRIMARY KEY,
  community INTEGER NOT NULL REFERENCES community,
  name TEXT NOT NULL,                            -- imaps://user@host:port/INBOX, or the folder's path
  uidValidity INTEGER,                           -- IMAP: with another one, numbers begin anew
  lastUID INTEGER,
  UNIQUE (community, name),
  CHECK ((uidValidity IS NULL) = (lastUID IS NULL))
) STRICT;

CREATE TABLE retraction (
  id INTEGER PRIMARY KEY,
  community INTEGER NOT NULL REFERENCES community,
  kind TEXT NOT NULL CHECK (kind IN ('promise', 'court step')),
  subject INTEGER NOT NULL,
  day INTEGER NOT NULL,
  act INTEGER NOT NULL REFERENCES act,
  UNIQUE (kind, subject)
) STRICT;

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

CREATE TABLE run (
  id INTEGER PRIMARY KEY,
  community INTEGER NOT NULL REFERENCES community,
  period INTEGER NOT NULL,
  asOf INTEGER NOT NULL,
  act INTEGER NOT NULL REFERENCES act,           -- the first that ran it
  UNIQUE (community, period, asOf)
) STRICT;

CREATE TABLE scan (
  id INTEGER PRIMARY KEY,
  community INTEGER NOT NULL REFERENCES community,
  file INTEGER NOT NULL REFERENCES evidenceFile, -- as it came
  name TEXT NOT NULL,                            -- the file's, when it came
  pages INTEGER NOT NULL CHECK (pages > 0),
  act INTEGER NOT NULL REFERENCES act,
  UNIQUE (community, file)
) STRICT;

CREATE TABLE scanAssignment (
  id INTEGER PRIMARY KEY,
  stub INTEGER NOT NULL REFERENCES scanStub,
  notice INTEGER NOT NULL REFERENCES notice,
  act INTEGER NOT NULL REFERENCES act
) STRICT;

CREATE TABLE scanDiscard (
  stub INTEGER PRIMARY KEY REFERENCES scanStub,
  reason TEXT NOT NULL,
  act INTEGER NOT NULL REFERENCES act
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

CREATE TABLE serviceProof (
  service INTEGER NOT NULL REFERENCES service,
  place INTEGER NOT NULL,                        -- from 1
  kinds TEXT NOT NULL,                           -- joined by ';'
  file INTEGER REFERENCES evidenceFile,
  text TEXT,
  PRIMARY KEY (service, place),
  CHECK ((file IS NULL) = (text IS NOT NULL))
) STRICT, WITHOUT ROWID;

CREATE TABLE serviceWithdrawal (
  id INTEGER PRIMARY KEY,
  community INTEGER NOT NULL REFERENCES community,
  service INTEGER NOT NULL UNIQUE REFERENCES service,
  act INTEGER NOT NULL REFERENCES act
) STRICT;

CREATE TABLE templateFile (
  templateSet INTEGER NOT NULL REFERENCES templateSet,
  name TEXT NOT NULL,
  content TEXT NOT NULL,
  PRIMARY KEY (templateSet, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE templateSet (
  id INTEGER PRIMARY KEY,
  community INTEGER NOT NULL REFERENCES community,
  sha256 TEXT NOT NULL,
  UNIQUE (community, sha256)
) STRICT;

CREATE TABLE totpStep (
  user INTEGER PRIMARY KEY REFERENCES user,
  step INTEGER NOT NULL
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

CREATE TABLE user (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE userDevice (
  tokenHash BLOB NOT NULL,
  user INTEGER NOT NULL REFERENCES user,
  PRIMARY KEY (tokenHash, user)
) STRICT, WITHOUT ROWID;

CREATE TABLE userDisabled (
  id INTEGER PRIMARY KEY,
  user INTEGER NOT NULL REFERENCES user,
  disabled INTEGER NOT NULL CHECK (disabled IN (0, 1)),
  act INTEGER NOT NULL REFERENCES act
) STRICT;

CREATE TABLE userInvitation (
  id INTEGER PRIMARY KEY,
  tokenHash BLOB NOT NULL UNIQUE,
  user INTEGER REFERENCES user,                  -- NULL: the first one, who is made by it
  until INTEGER NOT NULL,                        -- not inclusive
  act INTEGER REFERENCES act,
  CHECK ((user IS NULL) = (act IS NULL))
) STRICT;

CREATE TABLE userLanguage (
  id INTEGER PRIMARY KEY,
  user INTEGER NOT NULL REFERENCES user,
  language TEXT NOT NULL CHECK (language IN ('zh', 'en')),
  act INTEGER NOT NULL REFERENCES act
) STRICT;

CREATE TABLE userPassword (
  id INTEGER PRIMARY KEY,
  user INTEGER NOT NULL REFERENCES user,
  hash TEXT NOT NULL,                            -- scrypt, with its parameters and salt
  act INTEGER NOT NULL REFERENCES act
) STRICT;

CREATE TABLE userRole (
  id INTEGER PRIMARY KEY,
  community INTEGER NOT NULL REFERENCES community,
  user INTEGER NOT NULL REFERENCES user,
  role TEXT NOT NULL CHECK (role IN ('clerk', 'cashier', 'manager', 'administrator', 'auditor')),
  act INTEGER NOT NULL REFERENCES act
) STRICT;

CREATE TABLE userTOTP (
  id INTEGER PRIMARY KEY,
  user INTEGER NOT NULL REFERENCES user,
  secret BLOB,                                   -- sealed (FieldKey); NULL: none any more
  act INTEGER NOT NULL REFERENCES act
) STRICT;

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

CREATE INDEX accountOfOwner ON accountOwner (owner);

CREATE INDEX actOfCommunity ON act (community);

CREATE INDEX affordabilityOfCase ON affordability (hardshipCase);

CREATE INDEX assignmentOfStub ON scanAssignment (stub);

CREATE INDEX batchByFile ON letterBatch (sha256);

CREATE INDEX bounceOfMessage ON bounce (message);

CREATE INDEX caseOfUnit ON hardshipCase (unit);

CREATE INDEX complaintOfUnit ON complaint (unit);

CREATE INDEX concessionOfUnit ON concession (unit);

CREATE INDEX conditionOfUnit ON proposal (unit) WHERE unlessPaidBy IS NOT NULL;

CREATE INDEX contactOfUnit ON contact (unit);

CREATE INDEX courtStepOfUnit ON courtStep (unit);

CREATE INDEX decisionOfCase ON hardshipDecision (hardshipCase);

CREATE INDEX deliveryOfMessage ON delivery (message);

CREATE INDEX deliveryOfSender ON delivery (sender, at);

CREATE INDEX disabledOfUser ON userDisabled (user);

CREATE INDEX endOfHold ON holdEnd (hold);

CREATE INDEX eventByOutcome ON securityEvent (isRefusal, id);

CREATE INDEX invitationOfUser ON userInvitation (user);

CREATE INDEX languageOfUser ON userLanguage (user);

CREATE UNIQUE INDEX linkOfSubject ON chainLink (kind, subject);

CREATE INDEX markOfOwner ON addressMark (owner);

CREATE INDEX noticeOfUnit ON notice (unit);

CREATE INDEX passwordOfUser ON userPassword (user);

CREATE INDEX paymentOfUnit ON payment (unit, valueDate);

CREATE INDEX pictureOfName ON picture (community, name);

CREATE INDEX planOfUnit ON proposal (unit) WHERE lateFee IS NOT NULL;

CREATE INDEX promiseOfUnit ON promise (unit);

CREATE INDEX proofByFile ON serviceProof (file);

CREATE INDEX proofOfCase ON hardshipProof (hardshipCase);

CREATE INDEX proposalOfUnit ON proposal (unit);

CREATE INDEX reprintOfLetter ON letterReprint (notice);

CREATE INDEX riskOverrideOfUnit ON riskOverride (unit);

CREATE INDEX roleOfUser ON userRole (user, community);

CREATE INDEX senderAtWork ON mailSender (id) WHERE endedAt IS NULL;

CREATE INDEX serviceOfNotice ON service (notice);

CREATE INDEX sessionOfUser ON webSession (user);

CREATE INDEX signatureByFile ON planSignatureFile (file);

CREATE INDEX stepOfProposal ON courtStep (proposal);

CREATE INDEX stubByCutting ON scanStub (cutting);

CREATE INDEX stubByNotice ON scanStub (notice);

CREATE INDEX totpOfUser ON userTOTP (user);

CREATE INDEX waitingMessage ON message (community, id) WHERE waits = 1;

CREATE INDEX waiverOfUnit ON waiver (unit, period, item);
