import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import type { SignedEntry } from '#src/evidence/entry.js'
import { Journal } from '#src/journal/journal.js'
import { entryAfter } from '../support/journal-maker.ts'
import { gotten } from '../support/result.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { makeSigner } from '../support/test-identity.ts'

const signer = makeSigner('k-test')
let directory: string

beforeEach(async () => {
	directory = await temporaryFolder()
})

async function opened(): Promise<Journal> {
	const journal = gotten(await Journal.open(directory, signer))
	onTestFinished(() => journal.close())
	return journal
}

async function append(journal: Journal, ...texts: (string | undefined)[]): Promise<SignedEntry[]> {
	const entries: SignedEntry[] = []
	for (const text of texts) {
		const signed = await entryAfter(journal.tail, signer, text)
		expect(await journal.append(signed)).toEqual({ ok: true, value: true })
		entries.push(signed)
	}
	return entries
}

const file = () => join(directory, 'entries.jws')
const a = '121202007.01.1.0001!1,0!0!0'
const b = '121202007.02.1.0001!0,2!0!0'

test('what was appended is found again by another start', async () => {
	const journal = await opened()
	const entries = await append(journal, undefined, a, undefined, b)
	const [, first, , second] = entries
	await journal.close()
	expect(await readFile(file(), 'utf8')).toBe(entries.map(({ text }) => `${text}\n`).join(''))
	const again = await opened()
	expect(again.tail).toEqual({ seq: 4, id: second?.id })
	expect(again.idAt(2)).toBe(first?.id)
	expect(again.idAt(5)).toBeUndefined()
	expect(again.boot).toBe(1)
	expect(again.quarantined).toBeNull()
	expect(again.actas.count).toBe(2)
	expect(again.actas.countUpTo(1)).toBe(0)
	expect(again.actas.countUpTo(3)).toBe(1)
	expect(again.actas.countUpTo(99)).toBe(2)
	expect(again.actas.find('121202007.02.1.0001', b)).toEqual([{ seq: 4, number: 2, same: true }])
	expect(again.actas.find('121202007.02.1.0001', a)).toEqual([{ seq: 4, number: 2, same: false }])
	expect(again.actas.find('121202007.03.1.0001', b)).toEqual([])
})

test('an entry that does not follow on is refused and not written', async () => {
	const journal = await opened()
	const [first] = await append(journal, a)
	const before = await readFile(file())
	const repeated = await entryAfter(null, signer, b)
	const gap = await entryAfter({ seq: 5, id: first?.id ?? '' }, signer, b)
	const stranger = await entryAfter({ seq: 1, id: repeated.id }, signer, b)
	expect(await journal.append(repeated)).toMatchObject({ ok: false, fault: { code: 'seq-repeated' } })
	expect(await journal.append(gap)).toMatchObject({ ok: false, fault: { code: 'seq-gap' } })
	expect(await journal.append(stranger)).toMatchObject({ ok: false, fault: { code: 'bad-prev' } })
	expect(await readFile(file())).toEqual(before)
})

describe('one writer', () => {
	test('a second one is turned away while the first lives, and let in when it has gone', async () => {
		const journal = await opened()
		expect(await Journal.open(directory, signer)).toMatchObject({ ok: false, fault: { code: 'locked' } })
		await journal.close()
		await opened()
	})

	test('a writer that was killed leaves no lock behind', async () => {
		const script = `
			const { Journal } = await import(${JSON.stringify(import.meta.resolve('#src/journal/journal.js'))})
			const { createPublicKey } = await import('node:crypto')
			const pem = ${JSON.stringify(signer.publicKey.export({ type: 'spki', format: 'pem' }))}
			const journal = await Journal.open(process.argv[1], { id: 'k-test', publicKey: createPublicKey(pem) })
			console.log(journal.ok ? 'open' : journal.fault.detail)
			setInterval(() => {}, 1000)`
		const child = spawn(process.execPath, ['--input-type=module', '-e', script, directory], {
			stdio: ['ignore', 'pipe', 'inherit'],
		})
		const [line] = (await once(child.stdout, 'data')) as [Buffer]
		expect(line.toString().trim()).toBe('open')
		expect(await Journal.open(directory, signer)).toMatchObject({ ok: false, fault: { code: 'locked' } })
		child.kill('SIGKILL')
		await once(child, 'exit')
		await opened()
	})
})

describe('opened anew after trouble', () => {
	test('it goes on where it was, also after its lock was lost', async () => {
		const journal = await opened()
		await append(journal, undefined, a)
		expect(journal.broken).toBe(false)
		await journal.close()
		expect(journal.broken).toBe(true)
		const next = await entryAfter(journal.tail, signer, b)
		expect(await journal.append(next)).toMatchObject({ ok: false, fault: { code: 'lock-lost' } })
		// It was signed, and its number is never signed again: so it is appended, whoever asks for what next.
		expect(await journal.reopen()).toEqual({ ok: true, value: true })
		expect(journal.tail).toEqual({ seq: 3, id: next.id })
		expect(journal.actas.count).toBe(2)
		await journal.close()
		expect((await opened()).tail).toEqual({ seq: 3, id: next.id })
	})

	test('what another process appended meanwhile is taken in', async () => {
		const journal = await opened()
		await append(journal, undefined, a)
		await journal.close()
		const other = await opened()
		const [theirs] = await append(other, b)
		await other.close()
		expect(await journal.reopen()).toEqual({ ok: true, value: true })
		expect(journal.tail).toEqual({ seq: 3, id: theirs?.id })
		expect(journal.actas.count).toBe(2)
	})

	test('a disk that lacks what was recorded is waited for, and not written on', async () => {
		const journal = await opened()
		await append(journal, undefined, a, b)
		await journal.close()
		const whole = await readFile(file())
		const older = whole.subarray(0, whole.lastIndexOf(10, whole.length - 2) + 1)
		await writeFile(file(), older)
		expect(await journal.reopen()).toMatchObject({ ok: false, fault: { code: 'rolled-back' } })
		expect(journal.broken).toBe(true)
		expect(journal.tail?.seq).toBe(3)
		expect(await readFile(file())).toEqual(older)
		await rm(directory, { recursive: true })
		expect(await journal.reopen()).toMatchObject({ ok: false, fault: { code: 'unwritable' } })
		await mkdir(directory)
		expect(await readdir(directory)).toEqual([])
		await writeFile(file(), whole)
		expect(await journal.reopen()).toEqual({ ok: true, value: true })
		expect(journal.tail?.seq).toBe(3)
	})
})

describe('damage that no power cut makes is refused, and the file is left alone', () => {
	test.each([
		[
			'a changed character in the first entry',
			(bytes: Buffer) => bytes.writeUInt8(bytes.readUInt8(100) ^ 1, 100),
		],
		['zeros in the first entry', (bytes: Buffer) => bytes.fill(0, 100, 120)],
		[
			'a changed character in the last entry',
			(bytes: Buffer) => bytes.writeUInt8(bytes.readUInt8(bytes.length - 9) ^ 1, bytes.length - 9),
		],
	])('%s', async (_, spoil) => {
		const journal = await opened()
		await append(journal, undefined, a, b)
		await journal.close()
		const bytes = await readFile(file())
		spoil(bytes)
		await writeFile(file(), bytes)
		expect(await Journal.open(directory, signer)).toMatchObject({ ok: false, fault: { code: 'damaged' } })
		expect(await readFile(file())).toEqual(bytes)
	})

	test('an entry missing in the middle is named', async () => {
		const journal = await opened()
		await append(journal, undefined, a, b)
		await journal.close()
		const [first, , third] = (await readFile(file(), 'utf8')).split('\n')
		await writeFile(file(), `${first}\n${third}\n`)
		const refused = await Journal.open(directory, signer)
		expect(refused.ok ? '' : refused.fault.detail).toMatch(
			/entry 2.*seq 3 stands where seq 2 should \(seq-gap\)/,
		)
	})
})

test('a directory that can not be written is one clear fault', async () => {
	await writeFile(join(directory, 'file'), '')
	const refused = await Journal.open(join(directory, 'file', 'journal'), signer)
	expect(refused).toMatchObject({ ok: false, fault: { code: 'unwritable' } })
})
