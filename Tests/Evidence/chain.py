"""The chain of evidence, read from outside: an independent account of what a row's canonical bytes
are, and of the hashes that tie rows together.

Every item is written as its type (`t` text, `i` whole number, `b` bytes, `n` nothing), the count of its
bytes, a colon, its bytes, a comma. A link's hash is the SHA-256 of: `dunwell link 1`, the community's
code, the position, the hash of the link before, the kind, and each field's name and value.
"""
import hashlib

GENESIS, LINK, COMMITMENT = 'dunwell chain 1', 'dunwell link 1', 'dunwell commitment 1'


def item(value):
    if value is None:
        kind, content = 'n', b''
    elif isinstance(value, int):
        kind, content = 'i', str(value).encode()
    elif isinstance(value, str):
        kind, content = 't', value.encode()
    else:
        kind, content = 'b', bytes(value)
    return f'{kind}{len(content)}:'.encode() + content + b','


def digest(*values):
    return hashlib.sha256(b''.join(item(value) for value in values)).digest()


class Row:
    """What stands in a table under an id, with what its ids lead to."""

    def __init__(self, db, table, key, column='id'):
        cursor = db.execute(f'SELECT * FROM {table} WHERE {column} = ?', (key,))
        found = cursor.fetchone()
        names = [each[0] for each in cursor.description]
        self.values = dict(zip(names, found)) if found else None
        self.db = db

    def __getitem__(self, name):
        return self.values[name] if self.values else None

    def to(self, name, table, column='id'):
        return Row(self.db, table, self[name], column)


class Chain:
    """One community's chain in an open database."""

    def __init__(self, db, community):
        self.db, self.community = db, community
        self.code = Row(db, 'community', community)['code']
        self.links = db.execute(
            'SELECT position, kind, subject, previous, hash FROM chainLink WHERE community = ? '
            'ORDER BY position', (community,)).fetchall()

    def problems(self):
        """What is wrong, as sentences; empty for a whole chain."""
        found, before = [], digest(GENESIS, self.code)
        for count, (position, kind, subject, previous, stated) in enumerate(self.links, 1):
            if position != count or previous != before:
                found.append(f'link {position} does not follow')
            if self.hash_of(position, kind, subject, previous) != stated:
                found.append(f'link {position} ({kind} {subject}) has another hash')
            before = stated
        for kind, (table, _) in KINDS.items():
            linked = {link[2] for link in self.links if link[1] == kind}
            there = {row[0] for row in self.db.execute(
                f'SELECT id FROM {table} WHERE community = ?', (self.community,))}
            if linked != there:
                found.append(f'{kind}: {linked ^ there} are not both in the chain and in the books')
        return found

    def hash_of(self, position, kind, subject, previous):
        table, fields = KINDS[kind]
        row = Row(self.db, table, subject)
        flat = [each for pair in fields(self, row) for each in pair]
        return digest(LINK, self.code, position, previous, kind, *flat)

    def rehash(self):
        """Makes all hashes anew, as an administrator could."""
        before = digest(GENESIS, self.code)
        for position, kind, subject, *_ in self.links:
            now = self.hash_of(position, kind, subject, before)
            self.db.execute('UPDATE chainLink SET previous = ?, hash = ? WHERE community = ? AND '
                            'position = ?', (before, now, self.community, position))
            before = now

    def personal(self, kind, subject, field, text=None):
        """The commitment, once it is seen to be that of the text, where there is one."""
        where = (kind, subject, field)
        match = 'WHERE kind = ? AND subject = ? AND field = ?'
        kept = self.db.execute(f'SELECT hash FROM commitment {match}', where).fetchone()
        salted = self.db.execute(f'SELECT salt, text FROM personalText {match}', where).fetchone()
        if kept is None:
            return None if not text and not salted else b'a text without a commitment'
        if salted is None:
            return kept[0] if not text else b'a text where one was erased'
        clear = text if salted[1] is None else salted[1]
        good = digest(COMMITMENT, salted[0], field, clear) == kept[0]
        return kept[0] if good else b'another text'


def by_whom(row):
    act = row.to('act', 'act')
    return [('byWhom', act['byWhom']), ('at', act['at'])]


def waiver(chain, row):
    return [('reference', row['reference']), ('unit', row.to('unit', 'unit')['code']),
            ('period', row['period']), ('item', row.to('item', 'item')['code']),
            ('valueDate', row['valueDate']), ('amount', row['amount']),
            ('reason', chain.personal('waiver', row['id'], 'reason', row['reason'])),
            ('approvedBy', row['approvedBy']), *by_whom(row)]


def concession(chain, row):
    return [('reference', row['reference']), ('unit', row.to('unit', 'unit')['code']),
            ('accountFrom', row.to('account', 'account')['fromDay']),
            ('item', row.to('item', 'item')['code']), ('fromPeriod', row['fromPeriod']),
            ('toPeriod', row['toPeriod']), ('relief', row['kind']), ('value', row['value']),
            ('reason', chain.personal('concession', row['id'], 'reason', row['reason'])),
            ('approvedBy', row['approvedBy']), ('review', row['review']),
            ('decided', row['decided']), *by_whom(row)]


def reversal(chain, row):
    return [('payment', row.to('payment', 'payment')['reference']),
            ('unit', row.to('unit', 'unit')['code']), ('period', row['period']),
            ('item', row.to('item', 'item')['code']), ('valueDate', row['valueDate']),
            ('reason', chain.personal('reversal', row['id'], 'reason', row['reason'])),
            *by_whom(row)]


def letters(chain, row):
    fields = [('sha256', row['sha256']), *by_whom(row)]
    prints = chain.db.execute('SELECT notice, firstPage, pages FROM letterPrint WHERE batch = ? '
                              'ORDER BY notice', (row['id'],)).fetchall()
    for notice, first, pages in prints:
        number = Row(chain.db, 'notice', notice)['number']
        fields += [('letter.number', number), ('letter.firstPage', first), ('letter.pages', pages)]
    return fields + [('letter count', len(prints))]


def service(chain, row):
    notice, printed = row.to('notice', 'notice'), row.to('letterPrint', 'letterPrint', 'notice')
    fields = [('number', notice['number'])]
    fields += [(name, row[name]) for name in (
        'how', 'day', 'grade', 'staff', 'secondStaff', 'relation', 'acknowledges', 'agreed')]
    fields += [(name, chain.personal('service', row['id'], name))
               for name in ('signer', 'address', 'note')]
    fields += [('message', row.to('message', 'messageBody', 'message')['sha256']),
               ('letter', printed.to('batch', 'letterBatch')['sha256']),
               ('firstPage', printed['firstPage']), ('pages', printed['pages']), *by_whom(row),
               ('unit', notice.to('unit', 'unit')['code']),
               ('accountFrom', notice.to('account', 'account')['fromDay'])]
    fields += [(name, notice[name]) for name in ('period', 'asOf', 'stage', 'template')]
    fields += [('templates', notice.to('templateSet', 'templateSet')['sha256'])]
    fields += [(name, notice[name]) for name in (
        'cap', 'payBy', 'principal', 'lateFee', 'credit', 'channels')]
    return fields + proofs(chain, row['id']) + lines(chain, row['notice'])


def proofs(chain, subject):
    rows = chain.db.execute('SELECT kinds, file, text FROM serviceProof WHERE service = ? '
                            'ORDER BY place', (subject,)).fetchall()
    fields = []
    for kinds, file, text in rows:
        kept = Row(chain.db, 'evidenceFile', file)
        fields += [('proof.kinds', kinds), ('proof.sha256', kept['sha256']),
                   ('proof.extension', kept['extension']), ('proof.text', text)]
    return fields + [('proof count', len(rows))]


LINE = ('due', 'amount', 'principal', 'daysOverdue', 'lateFee', 'lateFeePaid', 'lateFeeWaived',
        'isNew', 'accrual')


def lines(chain, notice):
    rows = chain.db.execute(f"SELECT period, item, {', '.join(LINE)} FROM noticeLine "
                            'WHERE notice = ? ORDER BY line', (notice,)).fetchall()
    fields = []
    for period, fee, *rest in rows:
        fields += [('line.period', period), ('line.item', Row(chain.db, 'item', fee)['code'])]
        fields += [(f'line.{name}', value) for name, value in zip(LINE, rest)]
    return fields + [('line count', len(rows))]


def withdrawal(chain, row):
    link = next((each[0] for each in chain.links
                 if each[1] == 'service' and each[2] == row['service']), None)
    return [('link', link),
            ('reason', chain.personal('service withdrawal', row['id'], 'reason')), *by_whom(row)]


def stamp(_chain, row):
    file = row.to('file', 'evidenceFile')
    return [('link', row['position']), ('hash', row['hash']), ('stampedAt', row['stampedAt']),
            ('sha256', file['sha256']), ('extension', file['extension']), *by_whom(row)]


def decision(_chain, row):
    case = row.to('hardshipCase', 'hardshipCase')
    return [('case', row['hardshipCase']), ('unit', case.to('unit', 'unit')['code']),
            ('accountFrom', case.to('account', 'account')['fromDay']),
            ('outcome', row['outcome']), ('day', row['day']), ('review', row['review']),
            ('decidedBy', row['byWhom']), *by_whom(row)]


def risk(chain, row):
    return [('unit', row.to('unit', 'unit')['code']),
            ('accountFrom', row.to('account', 'account')['fromDay']),
            ('class', row['class']), ('day', row['day']), ('decidedBy', row['byWhom']),
            ('reason', chain.personal('risk override', row['id'], 'reason')), *by_whom(row)]


def proposal(chain, row):
    fields = [('matter', row['kind']), ('unit', row.to('unit', 'unit')['code']),
              ('accountFrom', row.to('account', 'account')['fromDay']), ('day', row['day']),
              ('proposedBy', row['byWhom']), ('case', row['hardshipCase']),
              ('item', row.to('item', 'item')['code'])]
    fields += [(name, row[name]) for name in (
        'fromPeriod', 'toPeriod', 'relief', 'value', 'review', 'unlessPaidBy')]
    fields += [('payment', row.to('payment', 'payment')['reference']), ('lateFee', row['lateFee']),
               ('forgives', row['forgives']), ('brokenAfter', row['brokenAfter']),
               ('reason', chain.personal('proposal', row['id'], 'reason')), *by_whom(row)]
    parts = chain.db.execute('SELECT due, amount FROM planPart WHERE proposal = ? ORDER BY place',
                             (row['id'],)).fetchall()
    for due, amount in parts:
        fields += [('part.due', due), ('part.amount', amount)]
    covered = [(period, Row(chain.db, 'item', fee)['code'], principal, late)
               for period, fee, principal, late in chain.db.execute(
                   'SELECT period, item, principal, lateFee FROM planCharge WHERE proposal = ?',
                   (row['id'],))]
    fields.append(('part count', len(parts)))
    for values in sorted(covered):
        fields += zip(('charge.period', 'charge.item', 'charge.principal', 'charge.lateFee'), values)
    return fields + [('charge count', len(covered))]


def link_of(chain, kind, subject):
    return next((each[0] for each in chain.links if each[1] == kind and each[2] == subject), None)


def approval(chain, row):
    return [('link', link_of(chain, 'proposal', row['proposal'])), ('approved', row['approved']),
            ('day', row['day']), ('approvedBy', row['byWhom']),
            ('reason', chain.personal('approval', row['id'], 'reason')), *by_whom(row)]


def plan_signature(chain, row):
    fields = [('link', link_of(chain, 'proposal', row['proposal'])), ('day', row['day']),
              ('relation', row['relation']), ('staff', row['staff']),
              ('signer', chain.personal('plan signature', row['id'], 'signer')), *by_whom(row)]
    files = chain.db.execute('SELECT file FROM planSignatureFile WHERE signature = ? ORDER BY place',
                             (row['id'],)).fetchall()
    for (file,) in files:
        kept = Row(chain.db, 'evidenceFile', file)
        fields += [('file.sha256', kept['sha256']), ('file.extension', kept['extension'])]
    return fields + [('file count', len(files))]


def of_account(row):
    return [('unit', row.to('unit', 'unit')['code']),
            ('accountFrom', row.to('account', 'account')['fromDay'])]


def promise(_chain, row):
    return of_account(row) + [(name, row[name]) for name in (
        'amount', 'day', 'until', 'written', 'staff')] + by_whom(row)


def contact(chain, row):
    fields = of_account(row) + [(name, row[name]) for name in (
        'how', 'day', 'minute', 'staff', 'secondStaff', 'relation', 'reason', 'nextDay',
        'brokenRules')]
    return fields + [('corrects', link_of(chain, 'contact', row['corrects'])),
                     ('with', chain.personal('contact', row['id'], 'with')),
                     ('note', chain.personal('contact', row['id'], 'note')), *by_whom(row)]


def complaint(chain, row):
    return of_account(row) + [
        ('contact', link_of(chain, 'contact', row['contact'])), ('day', row['day']),
        ('staff', row['staff']), ('text', chain.personal('complaint', row['id'], 'text')),
        *by_whom(row)]


def complaint_answer(chain, row):
    return [('complaint', link_of(chain, 'complaint', row['complaint'])), ('day', row['day']),
            ('answeredBy', row['byWhom']),
            ('text', chain.personal('complaint answer', row['id'], 'text')), *by_whom(row)]


def court_step(chain, row):
    approved = Row(chain.db, 'approval', row['proposal'], 'proposal')
    file = row.to('file', 'evidenceFile')
    return of_account(row) + [
        ('approval', link_of(chain, 'approval', approved['id'])), ('stage', row['stage']),
        ('day', row['day']), ('cost', row['cost']), ('sha256', file['sha256']),
        ('extension', file['extension']), ('staff', row['staff']),
        ('note', chain.personal('court step', row['id'], 'note')), *by_whom(row)]


def retraction(chain, row):
    return [('retracted', row['kind']), ('link', link_of(chain, row['kind'], row['subject'])),
            ('day', row['day']), ('reason', chain.personal('retraction', row['id'], 'reason')), *by_whom(row)]


KINDS = {
    'concession': ('concession', concession), 'waiver': ('waiver', waiver),
    'reversal': ('reversal', reversal), 'letters': ('letterBatch', letters),
    'service': ('service', service), 'service withdrawal': ('serviceWithdrawal', withdrawal),
    'stamp': ('chainStamp', stamp),
    'proposal': ('proposal', proposal), 'approval': ('approval', approval),
    'plan signature': ('planSignature', plan_signature),
    'promise': ('promise', promise), 'contact': ('contact', contact),
    'complaint': ('complaint', complaint), 'complaint answer': ('complaintAnswer', complaint_answer),
    'court step': ('courtStep', court_step), 'retraction': ('retraction', retraction),
    'hardship decision': ('hardshipDecision', decision), 'risk override': ('riskOverride', risk),
}


def problems_of(db):
    """What is wrong with the chains of all communities."""
    return [f'{Chain(db, community).code}: {problem}'
            for (community,) in db.execute('SELECT id FROM community').fetchall()
            for problem in Chain(db, community).problems()]
