/** Files of keys: their text, their bytes, the blocks in them, and certificates that say odd things. */
import type { Random } from '#src/simulator/random.js'
import { certificate, forEntries, forReceipts, forTls } from '../../vectors/certificate.ts'
import {
	authority,
	centre,
	device,
	foreignAuthority,
	impostor,
	otherDevice,
} from '../../vectors/object-vector.ts'
import { pemOf, seededKey } from '../../vectors/seeded-key.ts'
import { mutatedText } from './mutate-text.ts'

const keys = [
	device,
	otherDevice,
	impostor,
	centre,
	authority,
	foreignAuthority,
	seededKey('r-vectors'),
] as const

export function mutatedKeyFile(pem: string, random: Random): string {
	const kind = random.fraction()
	if (kind < 0.25) return mutatedText(pem, random)
	if (kind < 0.5) return mutatedDer(pem, random)
	if (kind < 0.6) return oddCertificate(random)
	if (kind < 0.7) return `${oddCertificate(random)}${oddCertificate(random)}`
	if (kind < 0.75) return random.pick(keys).pem
	if (kind < 0.8) return random.pick(keys).compressedPem
	const other = random.pick(keys).pem
	return random.pick([
		`${pem}${other}`,
		`${other}${pem}`,
		` ${other}${pem}`,
		`${pem}\n${other}`,
		`a note\n${pem}`,
		`${pem}\n`,
		pem.trimEnd(),
		pem.replaceAll('\n', '\r\n'),
		pem.replaceAll('\n', '\r'),
		`\xef\xbb\xbf${pem}`,
		pem.replaceAll('PUBLIC KEY', random.pick(['CERTIFICATE', 'PRIVATE KEY', 'EC PRIVATE KEY', 'X', ''])),
		pem.replaceAll(
			'CERTIFICATE',
			random.pick(['PUBLIC KEY', 'TRUSTED CERTIFICATE', 'X509 CERTIFICATE', 'CERTIFICATE ']),
		),
		rewrapped(pem, random.whole(1, 130)),
		pem.repeat(random.whole(2, 4)),
		'',
		' '.repeat(70_000),
	])
}

function rewrapped(pem: string, width: number): string {
	const [begin = '', ...rest] = pem.trimEnd().split('\n')
	const body = rest.slice(0, -1).join('')
	return [begin, ...(body.match(new RegExp(`.{1,${width}}`, 'g')) ?? []), rest.at(-1) ?? '', ''].join('\n')
}

/** The bytes of the first block changed, in good PEM. */
function mutatedDer(pem: string, random: Random): string {
	const [, label = 'PUBLIC KEY', body = ''] = /-----BEGIN ([^-]*)-----\n([^-]*)/.exec(pem) ?? []
	const der = Buffer.from(body, 'base64').toString('latin1')
	const rest = pem.slice(pem.indexOf('-----END') + `-----END ${label}-----\n`.length)
	const changed = random.chance(0.5) ? bitTurned(der, random) : mutatedText(der, random)
	return `${pemOf(Buffer.from(changed, 'latin1'), label)}${random.chance(0.8) ? rest : ''}`
}

function bitTurned(der: string, random: Random): string {
	const bytes = Buffer.from(der, 'latin1')
	const at = random.whole(0, Math.max(0, bytes.length - 1))
	if (bytes.length > 0) bytes[at] = (bytes[at] ?? 0) ^ (1 << random.whole(0, 7))
	return bytes.toString('latin1')
}

const times = [
	'240701000000Z',
	'260701000000Z',
	'500101000000Z',
	'491231235959Z',
	'240230000000Z',
	'241301000000Z',
] as const
const oddTimes = [
	'240701000060Z',
	'240701240000Z',
	'20240701000000Z',
	'2407010000Z',
	'240701000000+0000',
	'',
] as const
const names = [
	device.id,
	otherDevice.id,
	centre.id,
	authority.id,
	'Mesa 7',
	'',
	'K-A',
	'k',
	`k-${'a'.repeat(40)}`,
] as const

function oddCertificate(random: Random): string {
	const usages = [forEntries, forReceipts, forTls, '2.5.29.37.0', '1.2'] as const
	const time = () => (random.chance(0.8) ? random.pick(times) : random.pick(oddTimes))
	return certificate({
		subject: random.chance(0.7) ? random.pick([device.id, centre.id]) : random.pick(names),
		key: random.chance(0.7) ? random.pick([device, centre]) : random.pick(keys),
		issuer: authority.id,
		by: random.chance(0.7) ? authority : random.pick(keys),
		isAuthority: random.chance(0.3),
		usages: random.chance(0.7) ? [random.pick(usages)] : random.shuffled(usages).slice(0, random.whole(0, 5)),
		...(random.chance(0.4) ? { from: time() } : {}),
		...(random.chance(0.4) ? { to: time() } : {}),
	})
}
