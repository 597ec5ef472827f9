/** What a kiosk leaves for ever tells the day, and nothing finer: in 2024 witnesses were hunted at home. */
import { lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { HandledKiosk, paperOf } from '../support/handled-kiosk.ts'
import { gotten } from '../support/result.ts'
import { SimulatedClock } from '../support/simulated-clock.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { makeSigner } from '../support/test-identity.ts'

/** Every field of a payload that is a number, by its path. */
function numbersIn(value: unknown, path = ''): string[] {
	if (typeof value === 'number') return [path]
	if (typeof value !== 'object' || value === null) return []
	return Object.entries(value).flatMap(([name, inner]) => numbersIn(inner, `${path}.${name}`))
}

test('a whole day, from start to close: no signed field and no file of the journal holds a time', async () => {
	const directory = await temporaryFolder()
	const clock = new SimulatedClock()
	const kiosk = await HandledKiosk.start({ directory, signer: makeSigner('k-evening'), clock })
	await kiosk.scan(paperOf('01'))
	await clock.advance(47 * 60_000)
	await kiosk.scan(paperOf('02'))
	clock.set(clock.wall() - 3 * 3_600_000)
	await kiosk.scan(paperOf('03'))
	gotten(await kiosk.recorder.recordVoid({ seq: 2, id: kiosk.journal.idAt(2) ?? '' }, 'test'))
	kiosk.hold()
	kiosk.press()
	await vi.waitUntil(() => kiosk.kiosk.status.scene.at === 'closed', { timeout: 30_000, interval: 5 })
	await kiosk.stop()

	const journal = join(directory, 'journal')
	const texts = ['entries.jws', 'head.jws'].flatMap((name) =>
		readFileSync(join(journal, name), 'utf8').trimEnd().split('\n'),
	)
	const payloads = texts.map((text) => Buffer.from(text.split('.')[1] ?? '', 'base64url').toString())
	const kinds = payloads.map((payload) => JSON.parse(payload).kind)
	expect(kinds).toEqual(['boot', 'acta', 'acta', 'clock', 'acta', 'void', 'close', undefined])
	for (const payload of payloads) {
		// Digests and ids are random letters: T63 is no hour in them.
		expect(payload.replaceAll(/"[\w-]{43}"/g, '""')).not.toMatch(/\d:\d|T\d\d|wall|mono|Ms"/)
		for (const path of numbersIn(JSON.parse(payload))) {
			expect(path).toMatch(/^\.(v|boot|seq|receipts|voids\.seq|images\.\d\.(sealed\.)?size)$/)
		}
	}

	const images = readdirSync(join(journal, 'images'), { recursive: true, encoding: 'utf8' })
	expect(images.length).toBeGreaterThan(5)
	const files = ['entries.jws', 'head.jws', 'images', ...images.map((name) => join('images', name))]
	const changed = files.map((name) => lstatSync(join(journal, name)).mtime.toISOString())
	expect(new Set(changed)).toEqual(new Set(['2000-01-01T00:00:00.000Z']))
})
