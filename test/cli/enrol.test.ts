import { randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makeIdentity, openIdentity } from '#src/enrolment/device-identity.js'
import { inDirectory } from '../support/in-directory.ts'
import { testigo } from '../support/processes.ts'
import { gotten } from '../support/result.ts'

test.each([
	['request', 'k-'],
	['centre', 'c-'],
])('testigo enrol %s prints the id and the public key to carry, and refuses a second time', (name, prefix) =>
	inDirectory(async (parent) => {
		const directory = join(parent, 'identity')
		const made = await testigo('enrol', name, '--dir', directory)
		expect(made.status).toBe(0)
		const [id = '', path = ''] = made.out.split('\n')
		expect(id.startsWith(prefix)).toBe(true)
		expect(path).toBe(join(directory, 'public.pem'))
		expect(await readFile(path, 'utf8')).toMatch(/^-----BEGIN PUBLIC KEY-----/)
		expect(`${made.out}${made.err}`).not.toContain('PRIVATE')
		const opened = await openIdentity(directory)
		expect(opened.ok && opened.value.id).toBe(id)
		const again = await testigo('enrol', name, '--dir', directory)
		expect(again).toMatchObject({ status: 2, out: '' })
		expect(again.err).toContain('holds an identity')
	}),
)

test('testigo enrol, used wrongly, and where nothing can be written', async () => {
	expect(await testigo('enrol', 'request')).toMatchObject({ status: 2, out: '' })
	expect(await testigo('enrol', 'nobody')).toMatchObject({ status: 2, out: '' })
	const nowhere = await testigo('enrol', 'request', '--dir', '/dev/null/x')
	expect(nowhere).toMatchObject({ status: 3, out: '' })
	expect(nowhere.err).toMatch(/^testigo: .*\n$/)
})

test.each([
	[['--token', 'kiosk', '--pin-file', 'pin'], /needs --pkcs11-module/],
	[
		['--pkcs11-module', 'libsofthsm2.so', '--token', 'kiosk', '--pin-file', 'pin'],
		/the whole path of a library/,
	],
	[['--pkcs11-module', '/usr/lib/libsofthsm2.so'], /needs --token and --pin-file/],
])('a key in a token, used wrongly: %s', (flags, message) =>
	inDirectory(async (parent) => {
		const made = await testigo('enrol', 'request', '--dir', join(parent, 'identity'), ...flags)
		expect(made).toMatchObject({ status: 2, out: '' })
		expect(made.err).toMatch(message)
		expect(made.err.trimEnd()).not.toContain('\n')
	}),
)

test('a key in a token whose library is not there: refused, and nothing is left behind', () =>
	inDirectory(async (parent) => {
		const directory = join(parent, 'identity')
		const pinFile = join(parent, 'pin')
		await writeFile(pinFile, '1234', { mode: 0o600 })
		const place = ['--pkcs11-module', '/nowhere/lib.so', '--token', 'kiosk', '--pin-file', pinFile]
		const made = await testigo('enrol', 'request', '--dir', directory, ...place)
		expect(made).toMatchObject({ status: 3, out: '' })
		expect(made.err).toMatch(/^testigo: .*(\/nowhere\/lib\.so|pkcs11js).*\n$/)
		expect(await readdir(directory)).toEqual([])
	}))

test('who signs one thing signs no other: no kiosk, no centre and no import by the identity of a reader', () =>
	inDirectory(async (parent) => {
		const station = join(parent, 'station')
		const { id } = gotten(await makeIdentity(station, 'station', randomBytes))
		const [records, central] = [join(parent, 'journal'), join(parent, 'central')]
		const centre = ['--identity', station, '--directory', central]
		const stick = join(parent, 'stick')
		const ended = await Promise.all([
			testigo('kiosk', '--identity', station, '--journal', records, '--state', join(parent, 'kiosk.json')),
			testigo('central', ...centre, '--broker', 'mqtt://127.0.0.1:1'),
			testigo('close', '--identity', station, '--journal', records, '--state', join(parent, 'kiosk.json')),
		])
		expect(ended.map(({ status, err }) => [status, err.split('; ')[0]])).toEqual(
			['a kiosk', 'a centre', 'a kiosk'].map((what) => [
				2,
				`testigo: identity: ${station}: ${id} is not the identity of ${what}`,
			]),
		)
		await mkdir(join(stick, 'testigo'), { recursive: true })
		expect(await testigo('import', stick, ...centre)).toMatchObject({
			status: 3,
			err: expect.stringContaining('is not the identity of a centre; "testigo enrol centre" makes one'),
		})
		expect(await readdir(parent)).toEqual(['station', 'stick'])
	}))
