import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openIdentity } from '#src/enrolment/device-identity.js'
import { inDirectory } from '../in-directory.ts'
import { testigo } from './testigo.ts'

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
