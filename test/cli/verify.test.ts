import { createHash, createPublicKey } from 'node:crypto'
import { once } from 'node:events'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { fingerprintWords } from '#src/evidence/keys/fingerprint-words.js'
import { inDirectory } from '../support/in-directory.ts'
import { testigo } from '../support/processes.ts'
import { closedChainOf, lines, pictures, receiptOf } from '../vectors/collections.ts'
import { centre, device } from '../vectors/object-vector.ts'
import { layOut } from '../vectors/reference.ts'
import { idOf } from '../vectors/signed.ts'

const chain = closedChainOf(device)
const journal = Buffer.from(lines(...chain))
const images = pictures(2, 4)
const head = idOf(chain[4] ?? '')
const custody = /Signatures prove custody .*never that the paper is genuine\.\n$/

const inJournal = (work: (directory: string) => Promise<void>) =>
	inDirectory(async (directory) => {
		await layOut({ 'entries.jws': lines(...chain), 'device.pem': device.pem, ...images }, directory)
		await work(directory)
	})

async function harm(directory: string, at: number): Promise<void> {
	const bytes = Buffer.from(journal)
	bytes[at] = (bytes[at] ?? 0) ^ 1
	await writeFile(join(directory, 'entries.jws'), bytes)
}

describe('testigo verify, a journal', () => {
	test('whole: exit 0, how many entries, of whom, the head', () =>
		inJournal(async (directory) => {
			const { status, out, err } = await testigo('verify', directory)
			expect(err).toBe('')
			expect(out).toContain(`Journal of ${device.id}: 5 entries (1 boot, 3 acta, 1 close), 3 actas.`)
			expect(out).toContain(`Chain whole, head 5 ${head}.`)
			expect(out).toContain('Images: 3 named, 3 present, 0 missing, 0 altered.')
			expect(out).toMatch(custody)
			expect(status).toBe(0)
		}))

	test.each<[string, (directory: string) => Promise<void>, RegExp, string]>([
		[
			'a byte changed',
			(directory) => harm(directory, lines(...chain.slice(0, 2)).length - 40),
			/FAULT in line 2, entry 2: bad-signature: /,
			'Chain BROKEN',
		],
		[
			'an image gone',
			(directory) => rm(join(directory, 'images'), { recursive: true }),
			/FAULT in line 2, entry 2: image-missing/,
			'Chain whole',
		],
		[
			'no key beside it',
			(directory) => rm(join(directory, 'device.pem')),
			/there is no such file/,
			'device.pem: ',
		],
	])('%s: exit 1, the line, the entry and the fault', (_, spoil, fault, more) =>
		inJournal(async (directory) => {
			await spoil(directory)
			const { status, out } = await testigo('verify', directory)
			expect(out).toMatch(fault)
			expect(out).toContain(more)
			expect(out).toMatch(custody)
			expect(status).toBe(1)
		}),
	)

	test('an image gone: exit 0 where images are left out', () =>
		inJournal(async (directory) => {
			await rm(join(directory, 'images'), { recursive: true })
			expect(await testigo('verify', directory, '--no-images')).toMatchObject({ status: 0 })
		}))

	test('--json: one object, also on a fault', () =>
		inJournal(async (directory) => {
			const whole = await testigo('verify', directory, '--json')
			expect(whole.status).toBe(0)
			expect(JSON.parse(whole.out)).toMatchObject({
				kind: 'journal',
				whole: true,
				device: device.id,
				entries: 5,
				head: { seq: 5, id: head },
				faults: [],
				note: expect.stringContaining('custody'),
			})
			await harm(directory, journal.length - 1)
			const torn = await testigo('verify', directory, '--json')
			expect(torn.status).toBe(1)
			expect(JSON.parse(torn.out)).toMatchObject({
				whole: false,
				faults: [{ line: 5, seq: 5, code: 'torn-tail' }],
			})
		}))

	test('a lone file with its key', () =>
		inJournal(async (directory) => {
			const [file, key] = [join(directory, 'entries.jws'), join(directory, 'device.pem')]
			expect(await testigo('verify', file, '--key', key)).toMatchObject({ status: 0 })
			const without = await testigo('verify', file)
			expect(without).toMatchObject({ status: 2, out: '' })
			expect(without.err).toMatch(/^testigo: .*--key\n$/)
		}))
})

describe('testigo verify, a ledger', () => {
	test('whole, then with a device unknown', () =>
		inDirectory(async (directory) => {
			const texts = chain.flatMap((entry, index) => [
				entry,
				receiptOf(centre, device, chain, index + 1, { images: [] }),
			])
			const files = {
				'ledger.jws': lines(...texts),
				'centre.pem': centre.pem,
				[`devices/${device.id}.pem`]: device.pem,
			}
			await layOut({ ...files, ...images }, directory)
			const whole = await testigo('verify', directory)
			expect(whole.out).toContain(`Ledger of ${centre.id}: 5 entries, 3 actas, 5 receipts, devices:`)
			expect(whole.out).toContain(`  ${device.id}: 5 entries, up to 5 ${head}.`)
			expect(whole.out).toMatch(custody)
			expect(whole.status).toBe(0)
			await layOut({ 'ledger.jws': lines(...texts, 'x') }, directory)
			const harmed = await testigo('verify', directory)
			expect(harmed.out).toContain('FAULT in line 11: not-a-jws')
			expect(harmed.status).toBe(1)
		}))
})

describe('testigo verify, where there is nothing to check', () => {
	test('exit 1: a directory that holds neither', () =>
		inDirectory(async (directory) => {
			const { status, out } = await testigo('verify', directory)
			expect(status).toBe(1)
			expect(out).toMatch(/^NOTHING TO CHECK/)
			expect(out).toContain('holds neither entries.jws nor ledger.jws')
		}))

	test('exit 1: an emptied journal is not well', () =>
		inJournal(async (directory) => {
			await writeFile(join(directory, 'entries.jws'), '')
			const { status, out } = await testigo('verify', directory)
			expect(status).toBe(1)
			expect(out).toMatch(/^NOTHING TO CHECK/)
			const { whole, faults } = JSON.parse((await testigo('verify', directory, '--json')).out)
			expect({ whole, faults }).toMatchObject({ whole: false, faults: [{ code: 'nothing-to-check' }] })
		}))
})

describe('testigo verify says on which keys its verdict rests', () => {
	test('by words of both languages and by hex, as openssl and sha256sum print it', () =>
		inJournal(async (directory) => {
			const { out } = await testigo('verify', directory)
			const pem = await readFile(join(directory, 'device.pem'))
			const der = createPublicKey(pem).export({ type: 'spki', format: 'der' })
			const digest = createHash('sha256').update(der).digest('hex')
			expect(out).toContain('Rests on the key in device.pem')
			expect(out).toContain(`  ${digest.match(/.{4}/g)?.join(' ')}\n`)
			expect(out).toContain(`  es: ${fingerprintWords(der, 'es').join(' ')}\n`)
			expect(out).toContain(`  en: ${fingerprintWords(der, 'en').join(' ')}\n`)
		}))
})

describe('testigo verify, used wrongly or on a bad disk', () => {
	test('exit 2: no path, an unknown option', () =>
		inDirectory(async (directory) => {
			expect(await testigo('verify')).toMatchObject({ status: 2, out: '' })
			expect(await testigo('verify', directory, '--loud')).toMatchObject({ status: 2, out: '' })
		}))

	test('exit 3: no such directory', () =>
		inDirectory(async (directory) => {
			const { status, err } = await testigo('verify', join(directory, 'nowhere'))
			expect(err).toMatch(/^testigo: .*nowhere: can't be read \(ENOENT\)\n$/)
			expect(status).toBe(3)
		}))

	test('exit 3: a journal that is there and can not be read', () =>
		inJournal(async (directory) => {
			await rm(join(directory, 'entries.jws'))
			// A socket: it can be seen but not opened, not even by root.
			const server = createServer().listen(join(directory, 'entries.jws'))
			await once(server, 'listening')
			try {
				const { status, out } = await testigo('verify', directory)
				expect(out).toContain('entries.jws')
				expect(status).toBe(3)
			} finally {
				server.close()
			}
		}))
})
