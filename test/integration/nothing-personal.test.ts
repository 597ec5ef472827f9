/**
 * Nothing personal and nothing timed stands in an archive: papers are printed with invented people, photographed, read,
 * sent and received as in the field, but unsealed; a hostile kiosk adds its own, all is published, every byte is searched.
 */

import { createHash } from 'node:crypto'
import { appendFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { presidential2024 } from '#src/acta/presidential-2024.js'
import { ArchiveFolder } from '#src/archive/archive-folder.js'
import { auditArchive } from '#src/archive/check/archive-audit.js'
import { publicKeyPem } from '#src/evidence/identity.js'
import { type Jws, signJws } from '#src/evidence/jws.js'
import { cropOf } from '#src/kiosk/recording/public-crop.js'
import { nullPanel } from '#src/panel/panel.js'
import { systemClock } from '#src/platform/clock.js'
import { openTrial, trialRipeness } from '#src/publishing/trial.js'
import { Rehearsal } from '#src/simulator/rehearsal.js'
import { actaText, draftAfter } from '../support/journal-maker.ts'
import { paper } from '../support/printed-actas.ts'
import { gotten } from '../support/result.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { makeSigner } from '../support/test-identity.ts'
import { type Secrets, searchArchive } from './personal-search.ts'

/** As papers of the simulator bear them, and as a hostile kiosk puts them wherever it can. */
const people = [
	'NOMBRE DE MUESTRA',
	'V-00000000',
	'Fulana de Tal',
	'Zutano Pérez',
	'V-12.345.678',
	'12345678',
]

const [fulana = '', zutano = '', number = ''] = people.slice(2)
const acta = (text: string, more: object = {}) => ({
	...{ kind: 'acta', reading: { method: 'qr', text, code: text.split('!')[0] ?? null, ...more } },
	images: [{ role: 'full', mediaType: 'image/jpeg', size: 3, sha256: 'a'.repeat(64) }],
})
const poisoned: readonly object[] = [
	acta(`${fulana}!${number}`),
	acta(`${actaText(5)}!${zutano}`),
	{ ...acta(actaText(5)), operator: fulana },
	acta(actaText(5), { witness: { name: zutano, number } }),
	{ ...acta(actaText(5)), software: `testigo/0.0.0 (${fulana})` },
	{ ...acta(actaText(5)), time: { day: '2024-07-28', source: 'ntp', second: '2024-07-28T21:14:07Z' } },
	{ ...acta(actaText(5)), time: { day: '2024-07-28', source: 'ntp', ms: 1_722_201_247_123 } },
	{ kind: 'void', voids: { seq: 1, id: 'A'.repeat(43), by: zutano }, reason: 'test' },
	{ kind: 'boot', [`host ${fulana}`]: true },
]

interface Made {
	readonly archive: string
	readonly secrets: Secrets
	readonly poison: readonly Jws[]
}

async function madeArchive(directory: string): Promise<Made> {
	const rehearsal = new Rehearsal({
		...{ directory, papers: [paper], election: presidential2024, severity: 0, seed: '1', language: 'es' },
		...{ register: [], tiles: [], custodians: [], panel: nullPanel, clock: systemClock },
		trouble: () => {},
	})
	await rehearsal.start()
	await rehearsal.finished()
	await rehearsal.stop()
	const { ledger } = rehearsal
	const archive = join(directory, 'archive')
	const publish = async () =>
		gotten(
			await gotten(
				await openTrial({
					...{ directory: ledger, archive, election: presidential2024, register: null },
					...{ ripeness: trialRipeness, nowMs: Date.now },
				}),
			).publish(),
		)
	await publish()

	const hostile = makeSigner('k-hostile')
	writeFileSync(join(ledger, 'devices', 'k-hostile.pem'), publicKeyPem(hostile.publicKey))
	const poison: Jws[] = []
	let last: { readonly seq: number; readonly id: string } | null = null
	const add = async (said: object) => {
		const jws: Jws = await signJws('entry', draftAfter(last, hostile, said), hostile)
		last = { seq: (last?.seq ?? 0) + 1, id: jws.id }
		appendFileSync(join(ledger, 'ledger.jws'), `${jws.text}\n`)
		return jws
	}
	// The part that a kiosk may show, of the paper that it has seen; and one that a telephone took.
	const [whole = ''] = readdirSync(join(ledger, 'images'), { recursive: true, encoding: 'utf8' }).filter(
		(name) => /[0-9a-f]{64}$/.test(name),
	)
	const photograph = readFileSync(join(ledger, 'images', whole))
	const crop = gotten(await cropOf(photograph, { x: 0.3, y: 0.3, width: 0.2, height: 0.1 }))
	const exif = { IFD0: { Artist: fulana, DateTime: '2024:07:28 21:14:07' } }
	const taken = await sharp(crop).withExif(exif).jpeg().toBuffer()
	for (const bytes of [crop, taken]) {
		const sha256 = putPicture(ledger, bytes)
		const image = { role: 'public', mediaType: 'image/jpeg', size: bytes.length, sha256 }
		await add({ ...acta(actaText(6)), images: [image] })
	}
	for (const said of poisoned) poison.push(await add(said))
	await publish()
	const lines = readFileSync(join(ledger, 'ledger.jws'), 'latin1').trimEnd().split('\n')
	const receipts = lines.filter((line) => headerOf(line).includes('testigo-receipt+jws'))
	expect(receipts.length).toBeGreaterThan(0)
	return { archive, secrets: { words: people, receipts }, poison }
}

function putPicture(ledger: string, bytes: Uint8Array): string {
	const sha256 = createHash('sha256').update(bytes).digest('hex')
	const path = join(ledger, 'images', sha256.slice(0, 2), sha256)
	mkdirSync(dirname(path), { recursive: true })
	writeFileSync(path, bytes)
	return sha256
}

test('every byte of an archive of rendered actas is searched, and nothing personal or timed is found', async () => {
	const { archive, secrets, poison } = await madeArchive(await temporaryFolder())
	expect(searchArchive(archive, secrets)).toEqual([])
	expect(readdirSync(join(archive, 'image'))).toHaveLength(1)
	const parts = { rehearsal: true, images: true, progress: () => {} }
	const report = gotten(await auditArchive(new ArchiveFolder(archive), parts))
	expect(report).toMatchObject({ faults: [], leaves: { withheld: poison.length } })
	const entries = join(archive, 'tile', 'entries')
	const bundles = readdirSync(entries, { recursive: true, encoding: 'utf8' }).filter((name) =>
		/\d$/.test(name),
	)
	const all = bundles.map((name) => readFileSync(join(entries, name), 'latin1')).join('')
	for (const [index, { id, text }] of poison.entries()) {
		const seq = index + 3
		expect(all).toContain(`{"withheld":"entry","by":"k-hostile","seq":${seq},"id":"${id}"}`)
		expect(all).not.toContain(text)
	}

	// The search finds what it is there for, one plant after another.
	const [receipt = ''] = secrets.receipts
	const [, said = '', signature = ''] = receipt.split('.')
	const { nonce } = JSON.parse(Buffer.from(said, 'base64url').toString())
	const jwsOf = (payload: object, typ = 'testigo-entry+jws') =>
		`${encoded({ alg: 'ES256', typ, kid: 'k-one' })}.${encoded(payload)}.${'A'.repeat(86)}`
	const note = Buffer.concat([
		Buffer.of(0xff, 0xd8, 0xff, 0xfe, 0, 4),
		Buffer.from('hi'),
		Buffer.of(0xff, 0xd9),
	])
	const plants: readonly (readonly [string, string | Uint8Array, string])[] = [
		['index.html', `<p>${zutano.toUpperCase()}</p>`, 'word'],
		['data/x.csv.gz', gzipSync(`a,${number}\n`), 'word'],
		['data/x.bin', Buffer.from(fulana, 'utf16le'), 'word'],
		['tile/entries/x', jwsOf({ v: 2, code: fulana }), 'word'],
		['data/x.txt', Buffer.from(Buffer.from(`xx ${fulana} xx`).toString('base64')).toString('base64'), 'word'],
		[`p/${fulana}`, '', 'word'],
		['keys/x.jws', receipt, 'receipt'],
		['data/x.txt', `"${nonce}"`, 'receipt'],
		['data/x.bin', Buffer.from(signature, 'base64url'), 'receipt'],
		['feed/1.json', '{"time":"2024-07-28T21:14:07Z","first":"2024-07-28T21:14:07Z"}', 'instant'],
		['data/x.json', '{"a":[{"at":1722201247}]}', 'instant'],
		['data/x.json', '{"a":[{"at":1722201247123}]}', 'instant'],
		['index.html', 'Cerró a las 21:14', 'instant'],
		['tile/entries/x', jwsOf({ v: 2, time: { day: '2024-07-28T21:14' } }), 'instant'],
		['tile/entries/x', jwsOf({ v: 2, time: { day: '2024-07-28', hour: 21 } }), 'unknown-field'],
		[
			'tile/entries/x',
			jwsOf({ v: 2 }).replace(/^[^.]+/, encoded({ typ: 'testigo-entry+jws', by: 1 })),
			'unknown-field',
		],
		['image/aa/x', note, 'picture-metadata'],
	]
	for (const [index, [path, content, what]] of plants.entries()) {
		const folder = join(archive, '..', `planted-${index}`)
		mkdirSync(dirname(join(folder, path)), { recursive: true })
		writeFileSync(join(folder, path), content)
		const found = searchArchive(folder, secrets).map((finding) => finding.what)
		expect(found, `${path} ${what}`).toContain(what)
	}
})

function encoded(said: object): string {
	return Buffer.from(JSON.stringify(said)).toString('base64url')
}

function headerOf(line: string): string {
	return Buffer.from(line.split('.')[0] ?? '', 'base64url').toString()
}
