/** Where a server listens: on this machine's own address, or elsewhere by TLS and with a pass phrase. */
import * as z from 'zod'
import { readCapped } from '../files/capped-file.ts'
import { readSecretFile } from '../files/secret-file.ts'
import { type Fault, fail, ok, type Result } from '../result.ts'
import { type PassPhraseHash, readPassPhraseFile } from './pass-phrase.ts'

const path = z.string().min(1)

/** Addresses that nobody reaches from elsewhere. */
const loopback = new Set(['127.0.0.1', '::1'])

export const HttpListening = z
	.strictObject({
		address: z
			.union([z.ipv4(), z.ipv6()])
			.default('127.0.0.1')
			.describe('The address; any but `127.0.0.1` and `::1` takes `tls`, `passPhrase` and `names`.'),
		port: z.int().min(0).max(65_535).default(8_470).describe('The port; 0 takes any that is free.'),
		names: z
			.array(z.string().regex(/^[a-z0-9.-]{1,253}$|^\[[0-9a-f:]+\]$/))
			.max(16)
			.default([])
			.describe('Names and addresses by which browsers reach it, as they stand in its certificate.'),
		tls: z
			.strictObject({
				certificate: path.describe('PEM, with its chain.'),
				key: path.describe('PEM; nobody else may read it.'),
			})
			.optional()
			.describe('Certificate for browsers elsewhere.'),
		passPhrase: path
			.optional()
			.describe('File with the hash of the pass phrase, made by `testigo board pass-phrase`.'),
	})
	.check(({ value, issues }) => {
		if (loopback.has(value.address)) return
		if (value.tls !== undefined && value.passPhrase !== undefined && value.names.length > 0) return
		const message = `${value.address} is reached from elsewhere: it takes tls, passPhrase and names, or leave it at 127.0.0.1`
		issues.push({ code: 'custom', message, path: ['address'], input: value.address })
	})
export type HttpListening = z.infer<typeof HttpListening>

/** What the files that it names hold. */
export interface ListeningSecrets {
	readonly tls: { readonly certificate: Buffer; readonly key: Buffer } | null
	readonly passPhrase: PassPhraseHash | null
}

export async function readListeningSecrets({
	tls,
	passPhrase,
}: HttpListening): Promise<Result<ListeningSecrets, Fault<'no-certificate' | 'no-key' | 'no-pass-phrase'>>> {
	const phrase = passPhrase === undefined ? null : await readPassPhraseFile(passPhrase)
	if (phrase?.ok === false) return phrase
	const value = phrase?.value ?? null
	if (tls === undefined) return ok({ tls: null, passPhrase: value })
	const certificate = await readCapped(tls.certificate, 256 * 1024)
	if (!certificate.ok) return fail('no-certificate', `${tls.certificate}: ${certificate.fault.detail}`)
	const key = await readSecretFile(tls.key, 'key')
	if (!key.ok) return fail('no-key', key.fault.detail)
	return ok({ tls: { certificate: certificate.value, key: key.value }, passPhrase: value })
}
