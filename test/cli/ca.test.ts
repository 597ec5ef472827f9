import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, cp, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { fingerprintWords } from '#src/evidence/keys/fingerprint-words.js'
import { clockFrom, withoutFaketime } from '../support/fake-time.ts'
import { testigo, testigoIn } from '../support/processes.ts'
import { temporaryFolderOf } from '../support/temporary-folder.ts'

const program = fileURLToPath(new URL('../../dist/cli/testigo.js', import.meta.url))

let clear: () => Promise<void>
let home: string
let authority: string
let device: string
let words: string
let rootWords: string

// One authority and one request for all: no test here depends on what another one has signed.
beforeAll(async () => {
	home = await temporaryFolderOf((gone) => {
		clear = gone
	})
	authority = join(home, 'ca')
	device = join(home, 'device')
	const made = await testigo('ca', 'init', '--dir', authority)
	rootWords = made.out.split('\n')[2] ?? ''
	expect(`${made.out}${made.err}`).not.toContain('PRIVATE')
	const requested = await testigo('enrol', 'request', '--dir', device)
	words = requested.out.split('\n')[3] ?? ''
}, 120_000)
afterAll(() => clear())

const sign = (...more: string[]) =>
	testigo('ca', 'sign', join(device, 'request.txt'), '--dir', authority, ...more)

/** What a command gives that has the authority do nothing. */
async function idle<T>(work: Promise<T>): Promise<T> {
	const done = () => readFile(join(authority, 'authority.jsonl'), 'utf8').catch(() => '')
	const before = await done()
	const given = await work
	expect(await done()).toBe(before)
	return given
}

describe('testigo ca sign', () => {
	test('with the words: a response, and the same one again', async () => {
		const signed = await sign('--words', words)
		const [named = '', path = ''] = signed.out.split('\n')
		expect(signed.status).toBe(0)
		expect(named).toMatch(/^k-/)
		const said = async () => (await readFile(path, 'utf8')).split('.').slice(0, 2)
		const first = await said()
		expect((await sign('--words', words)).status).toBe(0)
		expect(await said()).toEqual(first)
	})

	test('a wrong word: exit 1, the reason, and nothing is signed', async () => {
		const wrong = await idle(sign('--words', words.split(' ').with(3, 'zumo').join(' ')))
		expect(wrong).toMatchObject({ status: 1, out: '', err: expect.stringContaining('words-differ') })
	})

	test('the words are those of the request as it stands in its file', async () => {
		const request = (await readFile(join(device, 'request.txt'), 'utf8')).trim()
		expect(fingerprintWords(Buffer.from(request), 'es').join(' ')).toBe(words)
	})

	test.skipIf(withoutFaketime !== null).each([
		['1970-01-01 00:01:00', 3, 'clock is wrong'],
		['2040-01-01 00:00:00', 1, 'certificate-expired'],
	])(`at %s: exit %i, %s ${withoutFaketime ?? ''}`, async (since, status, why) => {
		const request = join(device, 'request.txt')
		const signing = ['ca', 'sign', request, '--dir', authority, '--words', words]
		const refused = await idle(testigoIn({ env: clockFrom(since) }, ...signing))
		expect(refused).toMatchObject({ status, out: '', err: expect.stringContaining(why) })
	})

	test('nobody to ask, and no words: exit 2', async () => {
		expect(await idle(sign())).toMatchObject({ status: 2, err: expect.stringContaining('--words') })
	})

	test('a request that was altered on the way: exit 1', async () => {
		const path = join(device, 'request.txt')
		const [header, payload = '', signature] = (await readFile(path, 'utf8')).split('.')
		const swapped = Buffer.from(payload, 'base64url').toString().replace('"device"', '"centre"')
		const altered = join(home, 'altered.txt')
		await writeFile(altered, [header, Buffer.from(swapped).toString('base64url'), signature].join('.'))
		const refused = idle(testigo('ca', 'sign', altered, '--dir', authority, '--words', words))
		expect(await refused).toMatchObject({
			status: 1,
			err: expect.stringMatching(/bad-name/),
		})
	})

	test('a key of the campaign that others can read: exit 3', async () => {
		await chmod(join(authority, 'campaign-key.pem'), 0o604)
		onTestFinished(() => chmod(join(authority, 'campaign-key.pem'), 0o600))
		expect(await idle(sign('--words', words))).toMatchObject({
			status: 3,
			err: expect.stringContaining('key-exposed'),
		})
	})

	test('used wrongly: exit 2; no authority there, no request, no picture: exit 3', async () => {
		expect((await testigo('ca', 'sign')).status).toBe(2)
		expect((await testigo('ca', 'init', '--dir', authority)).status).toBe(2)
		const request = join(device, 'request.txt')
		const nowhere = await testigo('ca', 'sign', request, '--dir', home, '--words', words)
		expect(nowhere).toMatchObject({ status: 3, out: '' })
		expect((await testigo('ca', 'sign', join(home, 'none'), '--dir', authority)).status).toBe(3)
		expect((await testigo('ca', 'sign', request, '--picture', '--dir', authority)).status).toBe(1)
	})
})

// script(1) gives a terminal to a program.
const withoutScript = existsSync('/usr/bin/script') ? '' : ': skipped, no script (apt install bsdutils)'
describe.skipIf(withoutScript !== '')(`at a terminal testigo ca sign${withoutScript}`, () => {
	async function answering(answer: string): Promise<{ status: number; shown: string }> {
		const command = `'${process.execPath}' '${program}' ca sign '${device}/request.txt' --dir '${authority}'`
		const running = promisify(execFile)('script', ['-qec', command, '/dev/null'])
		running.child.stdin?.write(`${answer}\n`)
		const ended = await running.catch((error) => error)
		return { status: ended.code ?? 0, shown: ended.stdout }
	}

	test.each(['sí', 'yes'])('shows the words, asks, and takes %j', async (answer) => {
		const { status, shown } = await answering(answer)
		expect(shown).toContain(words)
		expect(shown).toContain('¿Muestra el equipo mismo estas palabras?')
		expect(status).toBe(0)
	})

	test.each(['no', 'y'])('takes %j for a no', async (answer) => {
		const { status, shown } = await idle(answering(answer))
		expect(shown).toContain('words-differ')
		expect(status).toBe(1)
	})
})

describe('testigo enrol install', () => {
	let id: string
	let kiosk: string

	beforeAll(async () => {
		id = (await sign('--words', words)).out.split('\n')[0] ?? ''
	})
	beforeEach(async () => {
		kiosk = await mkdtemp(join(home, 'kiosk-'))
		await cp(device, kiosk, { recursive: true })
	})
	const install = (...more: string[]) =>
		testigo('enrol', 'install', join(authority, 'responses', `${id}.jws`), '--dir', kiosk, ...more)

	test('with the words of the root, which the second time are not needed', async () => {
		const first = await install('--root-words', rootWords)
		expect(first).toMatchObject({ status: 0, out: `${id}\nno centre yet\n` })
		expect((await install()).status).toBe(0)
	})

	test('with other words: exit 1; without any, and nobody to ask: exit 2; nothing is put in', async () => {
		const before = await readdir(kiosk)
		expect(await install('--root-words', words)).toMatchObject({
			status: 1,
			err: expect.stringContaining('foreign-root'),
		})
		expect(await install()).toMatchObject({ status: 2, err: expect.stringContaining('--root-words') })
		expect(await readdir(kiosk)).toEqual(before)
	})

	test('the words of the root can be read again at the authority, in either language', async () => {
		expect((await testigo('ca', 'words', '--dir', authority)).out).toBe(`${rootWords}\n`)
		const english = (await testigo('ca', 'words', '--dir', authority, '--language', 'en')).out
		expect(english).not.toBe(`${rootWords}\n`)
		expect((await install('--root-words', english)).status).toBe(0)
	})
})
