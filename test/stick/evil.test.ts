/** A stick is filled by whoever had it: nothing outside is touched, nothing hangs, nothing false is taken in. */
import {
	appendFileSync,
	lstatSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { auditLedger } from '#src/audit/ledger-audit.js'
import { Carried } from '../support/carried.ts'
import { type Evil, evils } from '../support/evils.ts'
import { inDirectory } from '../support/in-directory.ts'
import type { JournalMaker } from '../support/journal-maker.ts'
import { gotten } from '../support/result.ts'
import { shortOrLong } from '../support/short-or-long.ts'
import { makeSigner } from '../support/test-identity.ts'

/** What must stay as it is, whatever the stick's names point to. */
class Outside {
	readonly folder: string
	readonly file: string
	readonly #before: string

	constructor(root: string) {
		this.folder = join(root, 'outside')
		this.file = join(this.folder, 'secret')
		mkdirSync(this.folder)
		writeFileSync(this.file, 'a secret of this machine\n')
		this.#before = this.#look()
	}

	expectUntouched(): void {
		expect(this.#look()).toBe(this.#before)
	}

	#look(): string {
		const names = readdirSync(this.folder, { recursive: true }).sort()
		return JSON.stringify([names, readFileSync(this.file, 'utf8'), statSync(this.file).mtimeMs])
	}
}

const places = [
	'testigo',
	'testigo/README.txt',
	'testigo/k-one',
	'testigo/k-one/entries.jws',
	'testigo/k-one/device.pem',
	'testigo/k-one/head.jws',
	'testigo/k-one/receipts-c-centre.jws',
	'testigo/k-one/images',
	'testigo/k-one/images/<first>',
	'testigo/k-one/images/<image>',
	'testigo/k-one.2',
	'testigo/k-two',
] as const

function place(stick: string, where: string, { files }: JournalMaker): string {
	const [image = ''] = files
	return join(
		stick,
		where.replace('<first>', image.slice(0, 2)).replace('<image>', join(image.slice(0, 2), image)),
	)
}

function plant(path: string, evil: Evil, outside: Outside): void {
	// What lies on the way may be evil already: that one stands, and nothing is planted through it.
	const above: string[] = []
	for (let at = dirname(path); at !== dirname(outside.folder); at = dirname(at)) above.unshift(at)
	for (const folder of above) {
		const found = lstatSync(folder, { throwIfNoEntry: false })
		if (found === undefined) break
		if (!found.isDirectory()) return
	}
	rmSync(path, { recursive: true, force: true })
	mkdirSync(dirname(path), { recursive: true })
	evil(path, outside)
}

/** Export and import over what lies on the stick: each may refuse, none may be deceived. */
async function carry(all: Carried, kiosk: JournalMaker, outside: Outside): Promise<void> {
	const copied = await all.export(kiosk)
	outside.expectUntouched()
	if (copied.ok) {
		const there = readFileSync(all.onStick(copied.value.folder, 'entries.jws'))
		expect(there.equals(readFileSync(join(kiosk.directory, 'entries.jws')))).toBe(true)
	} else {
		expect(copied.fault.code).toBe('refused')
	}
	const taken = await all.import()
	outside.expectUntouched()
	if (!taken.ok) {
		expect(taken.fault.code).toBe('no-stick')
		return
	}
	if (copied.ok) {
		const chain = taken.value.chains.find(({ folder }) => folder === copied.value.folder)
		expect((chain?.stored ?? 0) + (chain?.duplicates ?? 0)).toBe(kiosk.entries.length)
	}
	expect(gotten(await auditLedger(all.centre)).faults).toEqual([])
	const mine = new Set(kiosk.entries.map(({ text }) => text))
	for (const line of all.ledger().toString().trimEnd().split('\n')) {
		if (line !== '' && !line.startsWith(receiptHeader(line))) expect(mine.has(line)).toBe(true)
	}
}

/** The line's own header when it is a receipt's; no line begins with the other. */
function receiptHeader(line: string): string {
	const [header = ''] = line.split('.')
	return Buffer.from(header, 'base64url').toString().includes('testigo-receipt+jws') ? header : '-'
}

const evil = fc.record({
	where: fc.constantFrom(...places),
	what: fc.constantFrom(...(Object.keys(evils) as (keyof typeof evils)[])),
})

describe('an evil stick', () => {
	test('each evil in the place of the entries, and of the whole folder', { timeout: 300_000 }, async () => {
		for (const what of Object.keys(evils) as (keyof typeof evils)[]) {
			for (const where of ['testigo/k-one/entries.jws', 'testigo'] as const) {
				await inDirectory(async (root) => {
					const [all, outside] = [new Carried(root), new Outside(root)]
					const kiosk = await all.kiosk('k-one', 1)
					plant(place(all.stick, where, kiosk), evils[what], outside)
					await carry(all, kiosk, outside)
				})
			}
		}
	})

	test('any evils in any places, before a first export and after', { timeout: 300_000 }, async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.array(evil, { minLength: 1, maxLength: 4 }),
				fc.boolean(),
				async (planted, exportedBefore) => {
					await inDirectory(async (root) => {
						const [all, outside] = [new Carried(root), new Outside(root)]
						const kiosk = await all.kiosk('k-one', 2)
						if (exportedBefore) gotten(await all.export(kiosk))
						for (const { where, what } of planted) {
							plant(place(all.stick, where, kiosk), evils[what], outside)
						}
						await carry(all, kiosk, outside)
					})
				},
			),
			{ numRuns: shortOrLong({ short: 8, long: 40 }) },
		)
	})

	test('changed bytes anywhere: nothing but true entries is taken in', { timeout: 300_000 }, async () => {
		const change = fc.record({ at: fc.nat(4_000), bit: fc.integer({ min: 0, max: 7 }) })
		await fc.assert(
			fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 5 }), async (changes) => {
				await inDirectory(async (root) => {
					const [all, outside] = [new Carried(root), new Outside(root)]
					const kiosk = await all.kiosk('k-one', 3)
					gotten(await all.export(kiosk))
					const path = all.onStick('k-one', 'entries.jws')
					const bytes = readFileSync(path)
					for (const { at, bit } of changes) {
						const index = at % bytes.length
						bytes[index] = (bytes[index] ?? 0) ^ (1 << bit)
					}
					writeFileSync(path, bytes)
					const taken = gotten(await all.import())
					const [chain] = taken.chains
					expect(chain?.conflicts).toBe(0)
					expect(
						gotten(await auditLedger(all.centre, { images: false })).faults.map(({ code }) => code),
					).not.toContain('bad-signature')
					await carry(all, kiosk, outside)
				})
			}),
			{ numRuns: shortOrLong({ short: 4, long: 20 }) },
		)
	})

	test('names that lie are left alone, and told of in one line each', async () => {
		await inDirectory(async (root) => {
			const [all, outside] = [new Carried(root), new Outside(root)]
			const kiosk = await all.kiosk('k-one', 1)
			gotten(await all.export(kiosk))
			const lies = [
				'K-ONE',
				'k-one\n',
				'..x',
				'\u001b[2Jk-two',
				'k-one.10',
				'-rf',
				'x'.repeat(200),
				'\u202eeno-k',
			]
			for (const name of lies) {
				mkdirSync(all.onStick(name))
				writeFileSync(all.onStick(name, 'entries.jws'), readFileSync(all.onStick('k-one', 'entries.jws')))
			}
			const { chains, ignored, refusedCount } = gotten(await all.import())
			expect(chains.map(({ folder }) => folder)).toEqual(['k-one'])
			expect(refusedCount).toBe(0)
			expect(ignored).toHaveLength(lies.length)
			for (const name of ignored) expect(name).toMatch(/^[ -~…]{1,100}$/)
			outside.expectUntouched()
		})
	})

	test("another kiosk's entries under this name go to whom they are of", async () => {
		await inDirectory(async (root) => {
			const all = new Carried(root)
			const [one, two] = [await all.kiosk('k-one', 1), await all.kiosk('k-two', 1)]
			gotten(await all.export(one))
			appendFileSync(all.onStick('k-one', 'entries.jws'), readFileSync(join(two.directory, 'entries.jws')))
			const { chains } = gotten(await all.import())
			expect(chains).toMatchObject([{ folder: 'k-one', devices: ['k-one', 'k-two'], stored: 4 }])
			expect(gotten(await auditLedger(all.centre))).toMatchObject({ faults: [], entries: 4 })
		})
	})

	test('however many names lie around them, the folders of known devices are taken in', async () => {
		await inDirectory(async (root) => {
			const all = new Carried(root)
			const names = Array.from({ length: 6 }, (_, number) => `k-known-${number}`)
			for (const name of names) gotten(await all.export(await all.kiosk(name, 0)))
			// A second chain of one, and what others put around them.
			gotten(await all.export(await all.kiosk('k-known-3', 0, makeSigner('k-known-3'))))
			for (let number = 0; number < 4_000; number++) writeFileSync(all.onStick(`junk ${number}`), '')
			const { chains, refused } = gotten(await all.import())
			expect(chains.map(({ folder }) => folder)).toEqual([...names, 'k-known-3.2'].sort())
			expect(refused[0]).toMatchObject({ file: 'testigo', code: 'too-many' })
		})
	})

	test('a folder with endless names ends', async () => {
		await inDirectory(async (root) => {
			const all = new Carried(root)
			for (let number = 0; number < 1_200; number++)
				mkdirSync(all.onStick(`k-${number}`), { recursive: true })
			const taken = gotten(await all.import())
			expect(taken.chains).toHaveLength(1_000)
			expect(taken.refused[0]).toMatchObject({ file: 'testigo', code: 'too-many' })
			expect(taken.refused).toHaveLength(100)
			expect(taken.refusedCount).toBe(1_001)
		})
	})
})
