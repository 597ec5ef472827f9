/** Who signs the archives of the vectors, and of what election: everybody knows the private keys. */
import { createPrivateKey } from 'node:crypto'
import { formatVerifierKey } from '#src/evidence/keys/verifier-key.js'
import { logSigner, witnessSigner } from '#src/log/signing.js'
import { registryWithPeople } from '../authority-words.ts'
import { lines } from '../collections.ts'
import {
	authority,
	centre,
	device,
	officer,
	otherDevice,
	otherOfficer,
	otherStation,
	station,
} from '../object-vector.ts'
import { type SeededKey, sha256 } from '../seeded-key.ts'
import { base64url, headerOf, signed } from '../signed.ts'

export const origin = 'log.example/vectors'

function ed25519(word: string) {
	const head = Buffer.from('302e020100300506032b657004220420', 'hex')
	const key = Buffer.concat([head, sha256(`testigo test vectors, not a secret: ${word}`)])
	return createPrivateKey({ key, format: 'der', type: 'pkcs8' })
}

export const log = logSigner(origin, ed25519('log'))
/** Another key under the log's name. */
export const otherLog = logSigner(origin, ed25519('other log'))
/** The log's key under another name. */
export const otherOrigin = logSigner('log.example/elsewhere', ed25519('log'))
export const witness = witnessSigner('witness.example/one', ed25519('witness'))
export const unasked = witnessSigner('witness.example/unasked', ed25519('unasked witness'))

export const election = {
	id: 'invented',
	title: 'Invented',
	code: { digits: [3, 2, 1], centro: 0, mesa: 1 },
	candidates: [
		{ id: 'A', name: 'A' },
		{ id: 'B', name: 'B' },
	],
	cards: [
		{ sigla: 'one', candidate: 'A' },
		{ sigla: 'two', candidate: 'B' },
		{ sigla: 'three', candidate: 'A' },
	],
	highestCount: 999,
}
export const definition = `${JSON.stringify(election, null, '\t')}\n`
const register = [
	'state,municipality,parish,centro,mesa,electors,centroName',
	'Norte,Río,"Monte, Alto",101,01,500,Escuela Ñ',
	'Norte,Río,"Monte, Alto",101,02,400,Escuela Ñ',
	'Sur,Llano,Centro,102,01,300,',
	'Sur,Llano,Centro,102,02,200,',
	'',
].join('\n')

const time = '2024-07-01T12:00:00Z'

export function registry(issue: number): string {
	return registryWithPeople(issue, {
		devices: [device, otherDevice],
		stations: [station, otherStation],
		officers: [officer, otherOfficer],
	})
}

function centres(issue: number): string {
	const listed = [{ id: centre.id, spki: base64url(centre.spki) }]
	const payload = { v: 1, issue, time, centres: listed, revoked: [] }
	return signed(authority, headerOf('centres', authority.id), payload)
}

function mirrors(issue: number): string {
	const payload = { v: 1, issue, time, mirrors: ['https://mirror.example/archive/', 'una biblioteca'] }
	return signed(authority, headerOf('mirrors', authority.id), payload)
}

function namedIssue(issue: number, text: string) {
	return { issue, sha256: sha256(text).toString('hex') }
}

export function campaign(issue: number, change: object = {}, by: SeededKey = authority): string {
	const payload = {
		...{ v: 1, issue, time, election: election.id },
		definition: sha256(definition).toString('hex'),
		register: sha256(register).toString('hex'),
		registry: namedIssue(1, registry(1)),
		centres: namedIssue(1, centres(1)),
		log: { origin, vkey: formatVerifierKey(log.key) },
		witnesses: [{ vkey: formatVerifierKey(witness.key), organisation: 'Observatorio', country: 'VE' }],
		...{ threshold: 1, rehearsal: false, earlier: [] },
		...change,
	}
	return signed(by, headerOf('campaign', authority.id), payload)
}

export const ofRehearsal = { rehearsal: true, witnesses: [], threshold: 0 }

/** As they lie at a centre. */
export function words(campaigns: readonly string[]) {
	return {
		'authority.pem': authority.pem,
		'registry.jws': lines(registry(1)),
		'centres.jws': lines(centres(1)),
		'campaign.jws': lines(...campaigns),
		'mirrors.jws': lines(mirrors(1)),
		'election.json': definition,
		'register.csv': register,
	}
}
