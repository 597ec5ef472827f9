/** Journals and ledgers beside which the word of an authority lies: revoked devices, forged words, certificates. */
import { registryOf, revocationOf, revocationPayload } from './authority-words.ts'
import { certificate, certificateDer, forEntries, forReceipts, forTls } from './certificate.ts'
import {
	type CollectionVector,
	type ExpectedFault,
	entryAfter,
	type Files,
	lines,
	receiptOf,
	shortChainOf,
	shortEntry,
} from './collections.ts'
import { authority, centre, device, foreignAuthority, otherDevice } from './object-vector.ts'
import { pemOf, seededKey } from './seeded-key.ts'
import { alteredPayload, idOf } from './signed.ts'

const chain = shortChainOf(device, 5)
const [e1 = '', e2 = '', e3 = '', e4 = ''] = chain
const otherChain = shortChainOf(otherDevice, 3)
const other4 = entryAfter(device, idOf(e3), 4, { ...shortEntry(), boot: 9 })
const root = seededKey('r-vectors')

type Kind = CollectionVector['kind']

/** The five entries of the device, with these files beside them. */
function beside(
	kind: Kind,
	name: string,
	more: Files,
	faults: readonly ExpectedFault[] = [],
): CollectionVector {
	const own: Files =
		kind === 'journal'
			? { 'entries.jws': lines(...chain), 'device.pem': device.pem }
			: {
					'ledger.jws': lines(...chain),
					'centre.pem': centre.pem,
					[`devices/${device.id}.pem`]: device.pem,
				}
	const files = { ...own, 'authority.pem': authority.pem, ...more }
	return { name: `${kind}, authority: ${name}`, kind, files, refusal: null, faults }
}

function refused(kind: Kind, name: string, refusal: string, more: Files): CollectionVector {
	return { ...beside(kind, name, more), refusal }
}

const inRegistry = (line: number, code: string): ExpectedFault => ({ file: 'registry.jws', line, code })
const revokedInJournal = (...seqs: readonly number[]) =>
	seqs.map((seq): ExpectedFault => ({ line: seq, seq, code: 'revoked' }))
const revokedInLedger = (...seqs: readonly number[]) =>
	seqs.map((seq): ExpectedFault => ({ line: seq, device: device.id, seq, code: 'revoked' }))
const unlisted: ExpectedFault = { file: 'device.pem', line: 1, code: 'unknown-device' }
const registry = (...texts: readonly string[]) => ({ 'registry.jws': lines(...texts) })
const { v: _, ...stolenAfter3 } = revocationPayload(device.id, 3)
const received = lines(
	...chain.flatMap((text, index) => [text, receiptOf(centre, device, chain, index + 1, { images: [] })]),
)

const noWords = Array.from({ length: 103 }, (_, index) => inRegistry(index + 1, 'empty-line'))

const words: readonly CollectionVector[] = (['journal', 'ledger'] as const).flatMap((kind) => {
	const revoked = kind === 'journal' ? revokedInJournal : revokedInLedger
	return [
		beside(kind, 'says nothing', {}),
		beside(kind, 'lists the device', registry(registryOf(1, [device]))),
		beside(kind, 'of nothing but an empty registry file', { 'registry.jws': '' }),
		beside(kind, 'revoked after entry 3', registry(revocationOf(device.id, 3)), revoked(4, 5)),
		beside(kind, 'revoked in the registry', registry(registryOf(1, [device], [stolenAfter3])), revoked(4, 5)),
		beside(kind, 'revoked after the last', registry(revocationOf(device.id, 5))),
		beside(kind, 'revoked from the first on', registry(revocationOf(device.id, 0)), revoked(1, 2, 3, 4, 5)),
		beside(kind, 'another device revoked', registry(revocationOf(otherDevice.id, 0))),
		beside(
			kind,
			'of two revocations the earlier counts',
			registry(revocationOf(device.id, 3), revocationOf(device.id, 4)),
			revoked(4, 5),
		),
		beside(
			kind,
			'a later registry does not undo it',
			registry(registryOf(1, [device], [stolenAfter3]), registryOf(2, [device])),
			revoked(4, 5),
		),
		beside(kind, 'revocation by another campaign', registry(revocationOf(device.id, 3, foreignAuthority)), [
			inRegistry(1, 'bad-signature'),
		]),
		beside(
			kind,
			'revocation forged under its id',
			registry(revocationOf(device.id, 3, { ...foreignAuthority, id: authority.id })),
			[inRegistry(1, 'bad-signature')],
		),
		beside(kind, 'revocation by the device', registry(revocationOf(device.id, 3, device)), [
			inRegistry(1, 'bad-signature'),
		]),
		beside(kind, 'revocation altered', registry(alteredPayload(revocationOf(device.id, 3))), [
			inRegistry(1, 'bad-signature'),
		]),
		beside(
			kind,
			'under two ids',
			registry(registryOf(1, [device]), revocationOf(device.id, 3, { ...authority, id: 'a-other' })),
			[inRegistry(2, 'wrong-authority')],
		),
		beside(
			kind,
			'an older registry behind a newer',
			registry(registryOf(2, [device], [stolenAfter3]), registryOf(1, [device])),
			[inRegistry(2, 'registry-rollback'), ...revoked(4, 5)],
		),
		beside(
			kind,
			'two registries of one number',
			registry(registryOf(2, [device]), registryOf(2, [device, otherDevice])),
			[inRegistry(2, 'registry-rollback')],
		),
		beside(
			kind,
			'an id given to another key',
			registry(registryOf(1, [device]), registryOf(2, [{ ...otherDevice, id: device.id }])),
			[inRegistry(2, 'id-reused')],
		),
		beside(kind, 'an entry among its words', registry(e1, registryOf(1, [device])), [
			inRegistry(1, 'foreign-typ'),
		]),
		beside(kind, 'over a hundred lines that are no words', { 'registry.jws': '\n'.repeat(103) }, noWords),
		beside(kind, 'registry file torn', { 'registry.jws': registryOf(1, [device]) }, [
			inRegistry(1, 'torn-tail'),
		]),
		beside(kind, 'a pinned root behind a campaign', { 'authority.pem': `${campaign()}${rootCertificate()}` }),
		refused(kind, 'its file empty', 'not-a-public-key', { 'authority.pem': '' }),
		refused(kind, 'not one of the root behind it', 'foreign-certificate', {
			'authority.pem': `${campaign({ by: foreignAuthority })}${rootCertificate()}`,
		}),
		refused(kind, 'not an authority', 'wrong-purpose', { 'authority.pem': given({}) }),
		refused(kind, 'issued when its root had ended', 'certificate-expired', {
			'authority.pem': `${campaign({ from: '270701000000Z', to: '280701000000Z' })}${rootCertificate()}`,
		}),
	]
})

function campaign(more: Partial<Parameters<typeof certificate>[0]> = {}): string {
	return certificate({
		subject: authority.id,
		key: authority,
		issuer: root.id,
		by: root,
		isAuthority: true,
		...more,
	})
}

function rootCertificate(): string {
	return certificate({ subject: root.id, key: root, issuer: root.id, by: root, isAuthority: true })
}

/** The device's certificate. */
function given(more: Partial<Parameters<typeof certificate>[0]>): string {
	return certificate({ subject: device.id, key: device, issuer: authority.id, by: authority, ...more })
}

function damaged(): string {
	const der = certificateDer({ subject: device.id, key: device, issuer: authority.id, by: authority })
	return pemOf(der.subarray(0, 80), 'CERTIFICATE')
}

function alteredCertificate(): string {
	const der = certificateDer({ subject: device.id, key: device, issuer: authority.id, by: authority })
	// A digit of the year in which it ends.
	const at = der.indexOf('260701')
	der[at + 1] = '9'.charCodeAt(0)
	return pemOf(der, 'CERTIFICATE')
}

const of = (name: string, pem: string, faults: readonly ExpectedFault[] = [], more: Files = {}) =>
	beside('journal', `certificate, ${name}`, { 'device.pem': pem, ...more }, faults)
const not = (name: string, refusal: string, pem: string, more: Files = {}) =>
	refused('journal', `certificate, ${name}`, refusal, { 'device.pem': pem, ...more })

const certificates: readonly CollectionVector[] = [
	of('good', given({})),
	of("good, the campaign's behind it", `${given({})}${campaign()}`),
	of('good: never listed', given({}), [], registry(registryOf(1, [otherDevice]))),
	of(
		'good: ended before the entries, which it outlives',
		given({ from: '240601000000Z', to: '240602000000Z' }),
	),
	of('good: revoked all the same', given({}), revokedInJournal(4, 5), registry(revocationOf(device.id, 3))),
	of(
		'of another device',
		given({ subject: otherDevice.id }),
		[1, 2, 3, 4, 5].map((seq) => ({ line: seq, seq, code: 'wrong-device' })),
	),
	of(
		"another device's",
		given({ subject: otherDevice.id, key: otherDevice }),
		[1, 2, 3, 4, 5].map((seq) => ({ line: seq, seq, code: 'bad-signature' })),
	),
	not('by another campaign', 'foreign-certificate', given({ by: foreignAuthority })),
	not('by the device itself', 'foreign-certificate', given({ issuer: device.id, by: device })),
	not('by the root, past the campaign', 'foreign-certificate', given({ issuer: root.id, by: root }), {
		'authority.pem': `${campaign()}${rootCertificate()}`,
	}),
	not('altered', 'foreign-certificate', alteredCertificate()),
	not('for connections', 'wrong-purpose', given({ usages: [forTls] })),
	not('for connections as well', 'wrong-purpose', given({ usages: [forEntries, forTls] })),
	not("a centre's", 'wrong-purpose', given({ usages: [forReceipts] })),
	not('for nothing', 'wrong-purpose', given({ usages: [] })),
	not('of an authority', 'wrong-purpose', given({ isAuthority: true, usages: [forEntries] })),
	not('with no id for a name', 'bad-name', given({ subject: 'Mesa 7' })),
	not('ended before it began', 'certificate-expired', given({ from: '250701000000Z', to: '240701000000Z' })),
	not(
		'given when the authority had ended',
		'certificate-expired',
		given({ from: '260801000000Z', to: '270801000000Z' }),
		{ 'authority.pem': campaign() },
	),
	not('damaged', 'not-a-public-key', damaged()),
	{
		...of('good, no authority pinned', given({ by: foreignAuthority })),
		files: {
			'entries.jws': lines(...chain),
			'device.pem': given({ by: foreignAuthority }),
		},
	},
]

const ledgers: readonly CollectionVector[] = [
	beside('ledger', 'the registry alone knows the device', {
		[`devices/${device.id}.pem`]: '',
		...registry(registryOf(1, [device])),
	}),
	beside('ledger', "the registry's key counts", {
		[`devices/${device.id}.pem`]: otherDevice.pem,
		...registry(registryOf(1, [device])),
	}),
	beside(
		'ledger',
		'a bare key that the registry does not list',
		registry(registryOf(1, [otherDevice])),
		[1, 2, 3, 4, 5].map((line) => ({ line, device: device.id, code: 'unknown-device' })),
	),
	beside('ledger', 'a certificate that the registry does not list yet', {
		[`devices/${device.id}.pem`]: given({}),
		...registry(registryOf(1, [otherDevice])),
	}),
	beside(
		'ledger',
		'a certificate of another device',
		{ [`devices/${device.id}.pem`]: given({ subject: otherDevice.id }) },
		[1, 2, 3, 4, 5].map((line) => ({ line, device: device.id, code: 'unknown-device' })),
	),
	beside(
		'ledger',
		'a certificate by another campaign',
		{ [`devices/${device.id}.pem`]: given({ by: foreignAuthority }) },
		[1, 2, 3, 4, 5].map((line) => ({ line, device: device.id, code: 'unknown-device' })),
	),
	beside('ledger', "the centre's certificate", {
		'centre.pem': given({ subject: centre.id, key: centre, usages: [forReceipts] }),
		'ledger.jws': received,
	}),
	refused('ledger', "a device's certificate for the centre's", 'wrong-purpose', {
		'centre.pem': given({}),
		'ledger.jws': received,
	}),
	beside(
		'ledger',
		'receipts given before the revocation, and one that rejects after it',
		{
			'ledger.jws': `${received}${lines(
				receiptOf(centre, device, chain, 5, {
					status: 'rejected',
					images: [],
					reason: 'revoked',
					upto: { seq: 3, id: idOf(e3) },
				}),
			)}`,
			...registry(revocationOf(device.id, 3)),
		},
		[7, 9].map((line, index) => ({ line, device: device.id, seq: 4 + index, code: 'revoked' })),
	),
	beside(
		'ledger',
		'two entries 4 of a revoked device',
		{
			'ledger.jws': lines(e1, e2, e3, e4, other4, ...otherChain),
			[`devices/${otherDevice.id}.pem`]: otherDevice.pem,
			...registry(revocationOf(device.id, 3)),
		},
		[
			{ line: 5, device: device.id, seq: 4, code: 'equivocation' },
			{ line: 4, device: device.id, seq: 4, code: 'revoked' },
			{ line: 5, device: device.id, seq: 4, code: 'revoked' },
		],
	),
]

export const authorityCollections: readonly CollectionVector[] = [
	...words,
	beside(
		'journal',
		'lists another key for the device',
		registry(registryOf(1, [{ ...otherDevice, id: device.id }])),
		[unlisted],
	),
	beside('journal', 'does not list the device', registry(registryOf(1, [otherDevice])), [unlisted]),
	...certificates,
	...ledgers,
]
