/** The key of a public log, and the first checkpoint that it signs. */
import { chmod, copyFile, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { lastCheckpointFile, makeLogIdentity, openLogIdentity } from '#src/enrolment/log-identity.js'
import { parseVerifierKey } from '#src/evidence/keys/verifier-key.js'
import { openCheckpoint } from '#src/log/checkpoint.js'
import { inDirectory } from '../support/in-directory.ts'
import { codeOf, gotten } from '../support/result.ts'

test('a key for its owner alone, its verifier key, and a signed checkpoint of size 0', () =>
	inDirectory(async (directory) => {
		const folder = join(directory, 'log')
		const { vkey } = gotten(await makeLogIdentity(folder, 'log.example/2024'))
		const key = gotten(parseVerifierKey(vkey))
		expect(await readFile(join(folder, 'log.vkey'), 'utf8')).toBe(`${vkey}\n`)
		expect((await stat(join(folder, 'log-key.pem'))).mode & 0o777).toBe(0o600)
		const checkpoint = await readFile(join(folder, lastCheckpointFile))
		expect(gotten(openCheckpoint(checkpoint, key))).toMatchObject({ origin: 'log.example/2024', size: 0 })
		expect(gotten(await openLogIdentity(folder)).key).toEqual(key)
	}))

test('nothing is overwritten, whatever is left of one', () =>
	inDirectory(async (directory) => {
		gotten(await makeLogIdentity(directory, 'log.example/2024'))
		for (const gone of ['log.vkey', 'last-checkpoint']) {
			const before = await Promise.all(
				(await readdir(directory)).map((name) => readFile(join(directory, name))),
			)
			expect(codeOf(await makeLogIdentity(directory, 'other.example'))).toBe('already-there')
			const after = await Promise.all(
				(await readdir(directory)).map((name) => readFile(join(directory, name))),
			)
			expect(after).toEqual(before)
			await rm(join(directory, gone))
		}
		expect(codeOf(await makeLogIdentity(directory, 'other.example'))).toBe('already-there')
	}))

test.each(['', 'a b', 'a+b', 'bitácora.example', 'a\nb', 'x'.repeat(256)])(
	'bad-origin: %j makes nothing',
	(origin) =>
		inDirectory(async (directory) => {
			expect(codeOf(await makeLogIdentity(directory, origin))).toBe('bad-origin')
			expect(await readdir(directory)).toEqual([])
		}),
)

test('it is opened only by its own key, which nobody else can read', () =>
	inDirectory(async (directory) => {
		const [one, two] = [join(directory, 'one'), join(directory, 'two')]
		gotten(await makeLogIdentity(one, 'one.example'))
		gotten(await makeLogIdentity(two, 'two.example'))
		await copyFile(join(one, 'log-key.pem'), join(two, 'log-key.pem'))
		expect(codeOf(await openLogIdentity(two))).toBe('key-mismatch')
		await chmod(join(one, 'log-key.pem'), 0o644)
		expect(codeOf(await openLogIdentity(one))).toBe('key-exposed')
		await rm(join(two, 'log.vkey'))
		expect(codeOf(await openLogIdentity(two))).toBe('file-missing')
	}))

test('a key lies alone: a folder with other files may be served to anybody', () =>
	inDirectory(async (directory) => {
		await writeFile(join(directory, 'index.html'), '')
		expect(codeOf(await makeLogIdentity(directory, 'log.example/2024'))).toBe('not-empty')
		expect(await readdir(directory)).toEqual(['index.html'])
	}))

test('a folder that nobody can make ends the try', async () => {
	expect(codeOf(await makeLogIdentity('/proc/none/log', 'log.example/2024'))).toBe('not-writable')
})
