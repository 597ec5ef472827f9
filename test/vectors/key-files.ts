/** Journals and ledgers beside odd files of keys: one grammar, so that no two programs read two keys in one file. */
import { certificate, certificateDer } from './certificate.ts'
import { type CollectionVector, collection, lines, shortChainOf } from './collections.ts'
import { authority, centre, device, foreignAuthority, impostor, otherDevice } from './object-vector.ts'
import { pemOf } from './seeded-key.ts'

const chain = shortChainOf(device, 3)
const entries = { 'entries.jws': lines(...chain) }
const { pem } = device
const [begin = '', first = '', second = '', end = ''] = pem.split('\n')
const body = `${first}${second}`

const own = { subject: device.id, key: device, issuer: authority.id, by: authority }
const given = certificate(own)
const campaign = certificate({
	subject: authority.id,
	key: authority,
	issuer: authority.id,
	by: authority,
	isAuthority: true,
})

/** Its length spelled in two bytes where one is enough. */
function longLength(der: Buffer): Buffer {
	return Buffer.concat([Buffer.from([0x30, 0x81]), der.subarray(1)])
}

/** The unused bits at the end of the base64 set: another spelling of the same bytes. */
function otherSpelling(text: string): string {
	return text.replace(/.(?===)/, (letter) => String.fromCharCode(letter.charCodeAt(0) + 1))
}

/** A certificate with the first place of `from` turned into `to`, both hex. */
function respelled(from: string, to: string): string {
	const hex = certificateDer(own).toString('hex')
	return pemOf(Buffer.from(hex.replace(from, to), 'hex'), 'CERTIFICATE')
}

/** Name, code, content. */
type Row = readonly [name: string, refusal: string, content: string]

const rows: readonly Row[] = [
	['a blank before it, another after it', 'bad-pem', ` ${impostor.pem}${pem}`],
	['a line before it', 'bad-pem', `a note\n${pem}`],
	['a line feed before it', 'bad-pem', `\n${pem}`],
	['a line after it', 'bad-pem', `${pem}a note\n`],
	['an empty line after it', 'bad-pem', `${pem}\n`],
	['no line feed at the end', 'bad-pem', pem.slice(0, -1)],
	['a byte-order mark', 'bad-pem', `\xef\xbb\xbf${pem}`],
	['CR LF', 'bad-pem', pem.replaceAll('\n', '\r\n')],
	['CR', 'bad-pem', pem.replaceAll('\n', '\r')],
	['a NUL byte at the end', 'bad-pem', `${pem}\0`],
	['blanks behind a line', 'bad-pem', pem.replace(first, `${first} `)],
	['an empty line inside', 'bad-pem', pem.replace(first, `${first}\n`)],
	['lines of 60', 'bad-pem', `${begin}\n${body.slice(0, 60)}\n${body.slice(60)}\n${end}\n`],
	['one long line', 'bad-pem', `${begin}\n${body}\n${end}\n`],
	['a header inside', 'bad-pem', pem.replace(first, `Comment: x\n\n${first}`)],
	['unused bits set', 'bad-pem', otherSpelling(pem)],
	['nothing inside', 'bad-pem', `${begin}\n${end}\n`],
	['base64url inside', 'bad-pem', pem.replaceAll('+', '-').replaceAll('/', '_')],
	['other labels at both ends', 'bad-pem', pem.replace('-----END PUBLIC KEY', '-----END CERTIFICATE')],
	['an unknown label', 'bad-pem', pem.replaceAll('PUBLIC KEY', 'EC PARAMETERS')],
	['the label of a certificate', 'not-a-public-key', pem.replaceAll('PUBLIC KEY', 'CERTIFICATE')],
	['small letters', 'bad-pem', pem.replaceAll('PUBLIC KEY', 'public key')],
	['two keys', 'bad-pem', `${pem}${otherDevice.pem}`],
	['a key behind a certificate', 'bad-pem', `${given}${pem}`],
	['a certificate behind a key', 'bad-pem', `${pem}${given}`],
	['a private key behind it', 'not-a-public-key', `${pem}${pemOf(device.spki, 'PRIVATE KEY')}`],
	['three certificates', 'bad-pem', `${given}${campaign}${campaign}`],
	['two certificates, the second no authority', 'wrong-purpose', `${given}${given}`],
	[
		'two certificates, the first not by the second',
		'foreign-certificate',
		`${certificate({ ...own, by: foreignAuthority })}${campaign}`,
	],
	[
		'two certificates, the second damaged',
		'not-a-public-key',
		`${given}${pemOf(certificateDer(own).subarray(0, 80), 'CERTIFICATE')}`,
	],
	['bytes behind the key', 'not-a-public-key', pemOf(Buffer.concat([device.spki, Buffer.from([0])]))],
	['its length in a long spelling', 'not-a-public-key', pemOf(longLength(device.spki))],
	['a hybrid point', 'not-a-public-key', pemOf(hybrid())],
	['a certificate with its length spelled long', 'not-a-public-key', respelled('3082015d', '308300015d')],
	['a certificate of version 1', 'not-a-public-key', respelled('a003020102', 'a003020100')],
	['a certificate of no such month', 'not-a-public-key', respelled(hexOf('240701'), hexOf('241301'))],
]

function hybrid(): Buffer {
	const spki = Buffer.from(device.spki)
	spki[26] = 6 + ((spki[90] ?? 0) & 1)
	return spki
}

function hexOf(text: string): string {
	return Buffer.from(text).toString('hex')
}

export const keyFiles: readonly CollectionVector[] = [
	collection('journal', ', key file: a certificate', { ...entries, 'device.pem': given }, ''),
	collection(
		'journal',
		', key file: a certificate and that of its authority',
		{ ...entries, 'device.pem': `${given}${campaign}` },
		'',
	),
	...rows.map(([name, code, content]) =>
		collection('journal', `, key file: ${name}`, { ...entries, 'device.pem': content }, `!${code}`),
	),
	collection(
		'journal',
		", key file: the authority's with a blank before it",
		{ ...entries, 'device.pem': pem, 'authority.pem': ` ${foreignAuthority.pem}${authority.pem}` },
		'!bad-pem',
	),
	collection(
		'ledger',
		", key file: the centre's with a blank before it",
		{
			'ledger.jws': lines(...chain),
			'centre.pem': ` ${impostor.pem}${centre.pem}`,
			[`devices/${device.id}.pem`]: pem,
		},
		'!bad-pem',
	),
	collection(
		'ledger',
		", key file: a device's with a blank before it",
		{
			'ledger.jws': lines(...chain),
			'centre.pem': centre.pem,
			[`devices/${device.id}.pem`]: ` ${impostor.pem}${pem}`,
		},
		[1, 2, 3].map((line) => `${line} unknown-device@a`).join(', '),
	),
]
