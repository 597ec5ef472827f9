/** Journals and ledgers beside which the word of an authority lies: revoked devices, forged words, certificates. */
import { centresOf, registryOf, revocationOf, revocationPayload } from './authority-words.ts'
import { certificate, certificateDer, forEntries, forReceipts, forTls } from './certificate.ts'
import {
	type CollectionVector,
	chainOf,
	collection,
	entryAfter,
	type Files,
	type GivenFiles,
	lines,
	receiptOf,
	shortChainOf,
	shortEntry,
} from './collections.ts'
import { authority, centre, device, foreignAuthority, otherDevice } from './object-vector.ts'
import { pemOf, type SeededKey, seededKey } from './seeded-key.ts'
import { alteredPayload, idOf } from './signed.ts'

const chain = shortChainOf(device, 5)
const [e1 = '', e2 = '', e3 = '', e4 = ''] = chain
/** A start, and an acta with a picture. */
const withPictures = chainOf(device, 2)
const otherChain = shortChainOf(otherDevice, 3)
const other4 = entryAfter(device, idOf(e3), 4, { ...shortEntry(), boot: 9 })
const root = seededKey('r-vectors')

type Words = Partial<Parameters<typeof certificate>[0]>

function campaign(more: Words = {}): string {
	const own = { subject: authority.id, key: authority, issuer: root.id, by: root, isAuthority: true }
	return certificate({ ...own, ...more })
}

function rootCertificate(): string {
	return certificate({ subject: root.id, key: root, issuer: root.id, by: root, isAuthority: true })
}

const ofDevice = { subject: device.id, key: device, issuer: authority.id, by: authority }

/** The device's certificate. */
function given(more: Words = {}): string {
	return certificate({ ...ofDevice, ...more })
}

type Kind = CollectionVector['kind']

/** The five entries of the device, with these files beside them. */
function beside(kind: Kind, name: string, more: GivenFiles, faults = ''): CollectionVector {
	const own: Files =
		kind === 'journal'
			? { 'entries.jws': lines(...chain), 'device.pem': device.pem }
			: {
					'ledger.jws': lines(...chain),
					'centre.pem': centre.pem,
					[`devices/${device.id}.pem`]: device.pem,
				}
	const files = { ...own, 'authority.pem': authority.pem, ...more }
	return collection(kind, `, authority: ${name}`, files, faults)
}

/** Of entries after the last good one; each stands in the line of its seq. */
const revokedInJournal = (...seqs: readonly number[]) => seqs.map((seq) => `${seq}/${seq} revoked`).join(', ')
const revokedInLedger = (...seqs: readonly number[]) =>
	seqs.map((seq) => `${seq}/${seq} revoked@a`).join(', ')
const registry = (...texts: readonly string[]) => ({ 'registry.jws': lines(...texts) })
const { v: _, ...stolenAfter3 } = revocationPayload(device.id, 3)
const received = lines(
	...chain.flatMap((text, index) => [text, receiptOf(centre, device, chain, index + 1, { images: [] })]),
)

const noWords = Array.from({ length: 103 }, (_, n) => `registry.jws:${n + 1} empty-line`).join(', ')
const lists = (issue: number, ...keys: readonly SeededKey[]) => registryOf(issue, keys)
const revoking = (issue: number) => registryOf(issue, [device], [stolenAfter3])
const after = (seq: number, by?: SeededKey) => revocationOf(device.id, seq, by)
const authorityIs = (...pems: readonly string[]) => ({ 'authority.pem': pems.join('') })

type Row = readonly [name: string, more: GivenFiles, faults?: string]

const rowsOf = (kind: Kind, rows: readonly Row[]): CollectionVector[] =>
	rows.map(([name, more, faults]) => beside(kind, name, more, faults))

const words: readonly CollectionVector[] = (['journal', 'ledger'] as const).flatMap((kind) => {
	const revoked = kind === 'journal' ? revokedInJournal : revokedInLedger
	return rowsOf(kind, [
		['says nothing', {}],
		['lists the device', registry(lists(1, device))],
		['of nothing but an empty registry file', { 'registry.jws': '' }],
		['revoked after entry 3', registry(after(3)), revoked(4, 5)],
		['revoked in the registry', registry(revoking(1)), revoked(4, 5)],
		['revoked after the last', registry(after(5))],
		['revoked from the first on', registry(after(0)), revoked(1, 2, 3, 4, 5)],
		['another device revoked', registry(revocationOf(otherDevice.id, 0))],
		['of two revocations the earlier counts', registry(after(3), after(4)), revoked(4, 5)],
		['a later registry does not undo it', registry(revoking(1), lists(2, device)), revoked(4, 5)],
		['revocation by another campaign', registry(after(3, foreignAuthority)), 'registry.jws:1 bad-signature'],
		[
			'revocation forged under its id',
			registry(after(3, { ...foreignAuthority, id: authority.id })),
			'registry.jws:1 bad-signature',
		],
		['revocation by the device', registry(after(3, device)), 'registry.jws:1 bad-signature'],
		['revocation altered', registry(alteredPayload(after(3))), 'registry.jws:1 bad-signature'],
		[
			'under two ids',
			registry(lists(1, device), after(3, { ...authority, id: 'a-other' })),
			'registry.jws:2 wrong-authority',
		],
		[
			'an older registry behind a newer',
			registry(revoking(2), lists(1, device)),
			`registry.jws:2 registry-rollback, ${revoked(4, 5)}`,
		],
		[
			'two registries of one number',
			registry(lists(2, device), lists(2, device, otherDevice)),
			'registry.jws:2 registry-rollback',
		],
		[
			'an id given to another key',
			registry(lists(1, device), lists(2, { ...otherDevice, id: device.id })),
			'registry.jws:2 id-reused',
		],
		['an entry among its words', registry(e1, lists(1, device)), 'registry.jws:1 foreign-typ'],
		['over a hundred lines that are no words', { 'registry.jws': '\n'.repeat(103) }, noWords],
		['registry file torn', { 'registry.jws': lists(1, device) }, 'registry.jws:1 torn-tail'],
		['a pinned root behind a campaign', authorityIs(campaign(), rootCertificate())],
		['its file empty', authorityIs(), '!bad-pem'],
		[
			'not one of the root behind it',
			authorityIs(campaign({ by: foreignAuthority }), rootCertificate()),
			'!foreign-certificate',
		],
		['not an authority', authorityIs(given()), '!wrong-purpose'],
		[
			'issued when its root had ended',
			authorityIs(campaign({ from: '270701000000Z', to: '280701000000Z' }), rootCertificate()),
			'!certificate-expired',
		],
	])
})

function damaged(): string {
	return pemOf(certificateDer(ofDevice).subarray(0, 80), 'CERTIFICATE')
}

function alteredCertificate(): string {
	const der = certificateDer(ofDevice)
	// A digit of the year in which it ends.
	der[der.indexOf('260701') + 1] = '9'.charCodeAt(0)
	return pemOf(der, 'CERTIFICATE')
}

type Certified = readonly [name: string, pem: string, faults?: string, more?: Files]

const all = (fault: (n: number) => string) => [1, 2, 3, 4, 5].map(fault).join(', ')
const others = '!foreign-certificate'
const certified: readonly Certified[] = [
	['good', given()],
	["good, the campaign's behind it", `${given()}${campaign()}`],
	['good: never listed', given(), '', registry(lists(1, otherDevice))],
	[
		'good: ended before the entries, which it outlives',
		given({ from: '240601000000Z', to: '240602000000Z' }),
	],
	['good: revoked all the same', given(), revokedInJournal(4, 5), registry(after(3))],
	['of another device', given({ subject: otherDevice.id }), all((seq) => `${seq}/${seq} wrong-device`)],
	[
		"another device's",
		given({ subject: otherDevice.id, key: otherDevice }),
		all((seq) => `${seq}/${seq} bad-signature`),
	],
	['by another campaign', given({ by: foreignAuthority }), others],
	['by the device itself', given({ issuer: device.id, by: device }), others],
	[
		'by the root, past the campaign',
		given({ issuer: root.id, by: root }),
		others,
		authorityIs(campaign(), rootCertificate()),
	],
	['altered', alteredCertificate(), others],
	['for connections', given({ usages: [forTls] }), '!wrong-purpose'],
	['for connections as well', given({ usages: [forEntries, forTls] }), '!wrong-purpose'],
	["a centre's", given({ usages: [forReceipts] }), '!wrong-purpose'],
	['for nothing', given({ usages: [] }), '!wrong-purpose'],
	['of an authority', given({ isAuthority: true, usages: [forEntries] }), '!wrong-purpose'],
	['with no id for a name', given({ subject: 'Mesa 7' }), '!bad-name'],
	['ended before it began', given({ from: '250701000000Z', to: '240701000000Z' }), '!certificate-expired'],
	[
		'given when the authority had ended',
		given({ from: '260801000000Z', to: '270801000000Z' }),
		'!certificate-expired',
		authorityIs(campaign()),
	],
	['damaged', damaged(), '!not-a-public-key'],
]
const foreign = given({ by: foreignAuthority })
const certificates: readonly CollectionVector[] = [
	...rowsOf(
		'journal',
		certified.map(([name, pem, faults, more]): Row => {
			return [`certificate, ${name}`, { 'device.pem': pem, ...more }, faults ?? '']
		}),
	),
	beside('journal', 'certificate, good, no authority pinned', {
		'device.pem': foreign,
		'authority.pem': null,
	}),
]

const key = (pem: string, of = device) => ({ [`devices/${of.id}.pem`]: pem })
const unknown = all((line) => `${line} unknown-device@a`)
const rejecting = receiptOf(centre, device, chain, 5, {
	status: 'rejected',
	images: [],
	reason: 'revoked',
	upto: { seq: 3, id: idOf(e3) },
})

const ledgers: readonly CollectionVector[] = rowsOf('ledger', [
	['the registry alone knows the device', { ...key(''), ...registry(lists(1, device)) }],
	["the registry's key counts", { ...key(otherDevice.pem), ...registry(lists(1, device)) }],
	['a bare key that the registry does not list', registry(lists(1, otherDevice)), unknown],
	[
		'a certificate that the registry does not list yet',
		{ ...key(given()), ...registry(lists(1, otherDevice)) },
	],
	['a certificate of another device', key(given({ subject: otherDevice.id })), unknown],
	['a certificate by another campaign', key(foreign), unknown],
	[
		"the centre's certificate",
		{
			'centre.pem': given({ subject: centre.id, key: centre, usages: [forReceipts] }),
			'ledger.jws': received,
		},
	],
	[
		"a device's certificate for the centre's",
		{ 'centre.pem': given(), 'ledger.jws': received },
		'!wrong-purpose',
	],
	[
		'receipts given before the revocation, and one that rejects after it',
		{ 'ledger.jws': `${received}${lines(rejecting)}`, ...registry(after(3)) },
		`7/4 revoked@a, 9/5 revoked@a`,
	],
	[
		'two entries 4 of a revoked device',
		{
			'ledger.jws': lines(e1, e2, e3, e4, other4, ...otherChain),
			...key(otherDevice.pem, otherDevice),
			...registry(after(3)),
		},
		['5/4 equivocation', '4/4 revoked', '5/4 revoked'].map((fault) => `${fault}@a`).join(', '),
	],
])

const otherCentre = seededKey('c-vectors-b')
const centreFile = (...texts: readonly string[]) => ({ 'centres.jws': lines(...texts) })
const gone = (reason: string, of = centre) => [{ id: of.id, reason }]
const receivedBy = (by: SeededKey, seq: number) => receiptOf(by, device, chain, seq, { images: [] })
/** Entries 1 to 3, received by one centre, another, and the first again. */
const byTwo = lines(e1, receivedBy(centre, 1), e2, receivedBy(otherCentre, 2), e3, receivedBy(centre, 3))
const ledgerOf = (text: string) => ({ 'ledger.jws': text, 'centre.pem': null })

/** Whose receipts count, in ledgers. */
const centresOfLedgers: readonly CollectionVector[] = rowsOf('ledger', [
	['two listed centres', { ...ledgerOf(byTwo), ...centreFile(centresOf(1, [centre, otherCentre])) }],
	[
		'one of two centres not listed',
		{ ...ledgerOf(byTwo), ...centreFile(centresOf(1, [centre])) },
		'4 wrong-centre',
	],
	[
		'the newest list counts: a centre comes',
		{
			...ledgerOf(byTwo),
			...centreFile(centresOf(1, [centre]), centresOf(4, [centre, otherCentre])),
		},
	],
	[
		'the newest list counts: a centre goes',
		{
			...ledgerOf(byTwo),
			...centreFile(centresOf(1, [centre, otherCentre]), centresOf(2, [centre])),
		},
		'4 wrong-centre',
	],
	[
		'receipts of a revoked centre count nowhere',
		{
			...ledgerOf(byTwo),
			...centreFile(centresOf(2, [centre], gone('key-exposed', otherCentre))),
		},
	],
	[
		'what a revoked centre claims is only awaited',
		{
			...ledgerOf(lines(...withPictures, receiptOf(centre, device, withPictures, 2))),
			...centreFile(centresOf(1, [], gone('stolen'))),
		},
	],
	[
		'what a listed centre claims is missing',
		{
			...ledgerOf(lines(...withPictures, receiptOf(centre, device, withPictures, 2))),
			...centreFile(centresOf(1, [centre])),
		},
		'2/2 image-missing@a',
	],
	[
		'the pinned centre counts no more once there is a list',
		{
			'ledger.jws': received,
			...centreFile(centresOf(1, [otherCentre])),
		},
		[2, 4, 6, 8, 10].map((line) => `${line} wrong-centre`).join(', '),
	],
	[
		'a receipt forged under the id of a listed centre',
		{
			...ledgerOf(lines(e1, receivedBy({ ...otherCentre, id: centre.id }, 1))),
			...centreFile(centresOf(1, [centre, otherCentre])),
		},
		'2 bad-signature',
	],
	[
		'a list of centres by another campaign: the pinned one counts',
		{
			'ledger.jws': received,
			...centreFile(centresOf(1, [otherCentre], [], foreignAuthority)),
		},
		'centres.jws:1 bad-signature',
	],
	[
		'a list of centres by the centre itself',
		{
			'ledger.jws': received,
			...centreFile(centresOf(1, [centre], [], centre)),
		},
		'centres.jws:1 bad-signature',
	],
	[
		'an older list of centres behind a newer',
		{
			...ledgerOf(byTwo),
			...centreFile(centresOf(2, [centre]), centresOf(1, [centre, otherCentre])),
		},
		'centres.jws:2 centres-rollback, 4 wrong-centre',
	],
	[
		'two lists of centres with one number',
		{
			...ledgerOf(byTwo),
			...centreFile(centresOf(1, [centre]), centresOf(1, [centre, otherCentre])),
		},
		'centres.jws:2 centres-equivocation, 4 wrong-centre',
	],
	[
		'a list of centres twice',
		{
			...ledgerOf(byTwo),
			...centreFile(centresOf(1, [centre, otherCentre]), centresOf(1, [centre, otherCentre])),
		},
	],
	[
		'a centre under another key than before',
		{
			...ledgerOf(byTwo),
			...centreFile(
				centresOf(1, [centre, otherCentre]),
				centresOf(2, [centre, { ...device, id: otherCentre.id }]),
			),
		},
		'centres.jws:2 id-reused',
	],
	[
		'lists of centres under two ids',
		{
			...ledgerOf(byTwo),
			...centreFile(
				centresOf(1, [centre, otherCentre]),
				centresOf(2, [centre], [], { ...authority, id: 'a-other' }),
			),
		},
		'centres.jws:2 wrong-authority',
	],
	[
		'faults of the registry, then of the list of centres',
		{
			...ledgerOf(byTwo),
			...registry(lists(2, device), lists(1, device)),
			...centreFile(centresOf(1, [centre, otherCentre]), e1, ''),
		},
		'registry.jws:2 registry-rollback, centres.jws:2 foreign-typ, centres.jws:3 empty-line',
	],
	[
		'a list of centres torn',
		{
			'ledger.jws': received,
			'centres.jws': centresOf(1, [otherCentre]),
		},
		'centres.jws:1 torn-tail',
	],
	[
		'a list of centres where no authority is named',
		{
			'ledger.jws': received,
			'authority.pem': null,
			...centreFile(centresOf(1, [otherCentre])),
		},
	],
	['no key of the centre, and none is listed', ledgerOf(received), '!file-missing'],
	[
		'an empty list of centres',
		{ ...ledgerOf(byTwo), ...centreFile(centresOf(1, [])) },
		'2 wrong-centre, 4 wrong-centre, 6 wrong-centre',
	],
])

const evictedBy = (by: SeededKey): Files => ({
	'entries.jws': lines(...withPictures),
	[`given-away/${by.id}.jws`]: lines(receiptOf(by, device, withPictures, 2)),
	[`given-away/${by.id}.pem`]: by.pem,
})
const pictureMissing = '2/2 image-missing'

/** Whose receipts excuse images, in journals. */
const centresOfJournals: readonly CollectionVector[] = rowsOf('journal', [
	['an image evicted, no list of centres', evictedBy(centre)],
	[
		'an image evicted by the word of a listed centre',
		{ ...evictedBy(centre), ...centreFile(centresOf(1, [centre])) },
	],
	[
		'an image evicted by the word of a centre that is not listed',
		{ ...evictedBy(otherCentre), ...centreFile(centresOf(1, [centre])) },
		pictureMissing,
	],
	[
		'an image evicted by the word of a revoked centre',
		{ ...evictedBy(centre), ...centreFile(centresOf(1, [otherCentre], gone('key-exposed'))) },
		pictureMissing,
	],
	[
		'an image evicted by the word of a key beside, not of the listed one',
		{ ...evictedBy({ ...otherCentre, id: centre.id }), ...centreFile(centresOf(1, [centre])) },
		pictureMissing,
	],
])

export const authorityCollections: readonly CollectionVector[] = [
	...words,
	...rowsOf('journal', [
		[
			'lists another key for the device',
			registry(lists(1, { ...otherDevice, id: device.id })),
			'device.pem:1 unknown-device',
		],
		['does not list the device', registry(lists(1, otherDevice)), 'device.pem:1 unknown-device'],
	]),
	...certificates,
	...ledgers,
	...centresOfLedgers,
	...centresOfJournals,
]
