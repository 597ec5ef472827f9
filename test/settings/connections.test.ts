/** The files as NetworkManager itself reads them. */
import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { connectionFile } from '#src/settings/connections.js'
import { networkKey } from '#src/settings/wanted-settings.js'

function nmcli(file: string): { status: number | null; out: string } {
	const words = ['--offline', 'connection', 'modify', 'connection.autoconnect', 'yes']
	const { status, stdout } = spawnSync('nmcli', words, { input: file, encoding: 'utf8' })
	return { status, out: stdout ?? '' }
}

const key = networkKey('a', 'password')
const good = connectionFile('testigo-1.nmconnection', { name: 'a', key })
const lacking = nmcli(good).status === null ? 'skipped, no nmcli (apt install network-manager)' : ''

describe.skipIf(lacking !== '')(`nmcli ${lacking}`, () => {
	test.each(['sede', 'Sede Ñ', '77;', 'a=b', '#1', ' \\s', '[wifi]', "'"])('a network named %s', (name) => {
		const { status, out } = nmcli(connectionFile('testigo-1.nmconnection', { name, key }))
		expect(status).toBe(0)
		// As letters where it can, else as numbers.
		const bytes = [...Buffer.from(name)].map((byte) => `${byte};`).join('')
		const [, ssid = ''] = /^ssid=(.*)$/m.exec(out) ?? []
		expect([
			name,
			bytes,
			name.replaceAll('\\', '\\\\').replaceAll(';', '\\\\;').replace(/^ /, '\\s'),
		]).toContain(ssid)
		expect(out).toContain(`psk=${key}\n`)
		expect(out).toContain('key-mgmt=wpa-psk\n')
	})

	test('a network without a key', () => {
		const { status, out } = nmcli(connectionFile('testigo-2.nmconnection', { name: 'open', key: null }))
		expect(status).toBe(0)
		expect(out).toContain('ssid=open\n')
		expect(out).not.toContain('security')
	})

	test('a file that it would not take', () => {
		expect(nmcli(good.replace(/^ssid=.*$/m, '')).status).not.toBe(0)
	})
})
