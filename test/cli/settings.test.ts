import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { broker, custodian } from '../settings/set-kiosk.ts'
import { FakeCamera, lens } from '../support/fake-camera.ts'
import { testigo } from '../support/processes.ts'
import { temporaryFolderOf } from '../support/temporary-folder.ts'

let clear: () => Promise<void>
let home: string

const at = (name: string) => join(home, name)

// One campaign and one kiosk for all: no test here depends on what another one has put in.
beforeAll(async () => {
	home = await temporaryFolderOf((gone) => {
		clear = gone
	})
	const [, , rootWords = ''] = (await testigo('ca', 'init', '--dir', at('ca'))).out.split('\n')
	const [, , , words = ''] = (await testigo('enrol', 'request', '--dir', at('kiosk'))).out.split('\n')
	const request = at('kiosk/request.txt')
	const response = at('response.pem')
	await testigo('ca', 'sign', request, '--dir', at('ca'), '--words', words, '--out', response)
	await testigo('enrol', 'install', response, '--dir', at('kiosk'), '--root-words', rootWords)
	await mkdir(at('connections'))
}, 240_000)
afterAll(() => clear())

async function signed(wanted: object, ...more: string[]) {
	await writeFile(at('wanted.json'), JSON.stringify(wanted))
	return await testigo('ca', 'settings', at('wanted.json'), '--dir', at('ca'), ...more)
}

const install = (...more: string[]) =>
	testigo(
		...['settings', 'install', '--dir', at('kiosk'), '--uplink-config', at('uplink.json')],
		...[
			'--connections',
			at('connections'),
			...(more.includes('--config') ? [] : ['--config', at('kiosk.json')]),
		],
		...more,
	)

const numbers = async () =>
	JSON.parse((await testigo('ca', 'list', '--json', '--dir', at('ca'))).out).settings

describe('testigo ca settings', () => {
	test('a file and a picture, with a number that rises; both secret where a key of a network is in them', async () => {
		const before = await numbers()
		const first = await signed({ broker })
		expect(first).toEqual({ status: 0, out: `${before + 1}\n${at('ca/settings.jws')}\n`, err: '' })
		const network = [{ name: 'sede', passphrase: 'una clave larga' }]
		const second = await signed({ network }, '--out', at('secret.jws'), '--png', at('secret.png'))
		expect(second).toMatchObject({ status: 0, out: `${before + 2}\n${at('secret.jws')}\n` })
		expect(second.err).toMatch(/^Whoever sees this code can join sede: .*\n$/)
		for (const [name, mode] of [
			['ca/settings.jws', 0o644],
			['secret.jws', 0o600],
			['secret.png', 0o600],
		] as const) {
			expect((await stat(at(name))).mode & 0o777).toBe(mode)
		}
		expect(await numbers()).toBe(before + 2)
	}, 120_000)

	test('what has faults is refused with all of them, and uses no number up', async () => {
		const before = await numbers()
		const refused = await signed({ broker: { url: 'http://x' }, custodians: ['age1x'], colour: 'red' })
		expect(refused).toMatchObject({ status: 2, out: '' })
		expect(refused.err).toMatch(
			/^testigo: .*:\n {2}broker\.url: .*\n {2}custodians\[0\]: .*\n {2}colour: no such setting\n$/,
		)
		expect(await testigo('ca', 'settings', at('nowhere.json'), '--dir', at('ca'))).toMatchObject({
			status: 2,
		})
		expect(await numbers()).toBe(before)
	}, 120_000)
})

describe('testigo settings install', () => {
	test('by a picture of the code: says what changes, puts it in, and says what to do; status has the number', async () => {
		const network = [{ name: 'abierta', key: 'none' }]
		const [number = ''] = (
			await signed({ broker: { url: 'mqtts://pictured.example' }, network }, '--png', at('s.png'))
		).out.split('\n')
		await writeFile(at('uplink.json'), JSON.stringify({ centre: { id: 'c-1', publicKey: '/c.pem' } }))
		const put = await install(at('s.png'), '--picture', '--yes', '--language', 'en')
		expect(put).toMatchObject({ status: 0, out: `${number}\n` })
		expect(put.err).toMatch(
			/broker +none -> mqtts:\/\/pictured\.example\n +network +abierta, without a key\n/,
		)
		expect(put.err).toMatch(/sudo nmcli connection reload\n +sudo systemctl restart testigo\.target\n$/)
		expect(JSON.parse(await readFile(at('uplink.json'), 'utf8'))).toEqual({
			...{ centre: { id: 'c-1', publicKey: '/c.pem' }, broker: { url: 'mqtts://pictured.example' } },
		})
		expect((await stat(at('connections/testigo-1.nmconnection'))).mode & 0o777).toBe(0o600)
		await mkdir(at('journal'))
		await writeFile(at('journal/entries.jws'), '')
		const status = await testigo('status', '--journal', at('journal'), '--identity', at('kiosk'), '--json')
		expect(JSON.parse(status.out).settings).toBe(Number(number))
	}, 180_000)

	test('nobody to ask, or nothing to ask for: exit 2, and nothing is changed', async () => {
		const settings = at('unasked.jws')
		await signed({ custodians: [custodian], network: [{ name: 'a', key: 'asked' }] }, '--out', settings)
		const before = await readFile(at('settings.json'), 'utf8').catch(() => null)
		for (const [words, why] of [
			[[settings], '--yes'],
			[[settings, '--yes'], 'passphrase'],
			[[], '--camera'],
			[[settings, '--camera'], '--camera'],
		] as const) {
			expect(await install(...words)).toMatchObject({ status: 2, out: '', err: expect.stringContaining(why) })
		}
		expect(await readFile(at('settings.json'), 'utf8').catch(() => null)).toBe(before)
	}, 120_000)

	test('an older one: exit 1; a file that is not there, a folder that takes none: exit 3', async () => {
		const [older, newer] = [at('older.jws'), at('newer.jws')]
		for (const out of [older, newer]) await signed({ custodians: [custodian] }, '--out', out)
		expect(await install(newer, '--yes')).toMatchObject({ status: 0 })
		expect(await install(older, '--yes')).toMatchObject({
			status: 1,
			err: expect.stringMatching(/^testigo: .*\(older-settings\)\n$/),
		})
		expect(await install(at('nowhere.jws'), '--yes')).toMatchObject({ status: 3 })
		await mkdir(at('.full.json.next.new'))
		const full = await install(newer, '--yes', '--config', at('full.json'))
		expect(full).toMatchObject({ status: 3, err: expect.stringContaining('not-writable') })
	}, 120_000)

	test("held before the kiosk's own camera, after another paper", async () => {
		const fake = await FakeCamera.install()
		const [number = ''] = (await signed({ custodians: [custodian] }, '--png', at('held.png'))).out.split('\n')
		const camera = { kind: 'libcamera', cameras: [lens], directory: join(fake.home, 'camera') }
		const config = at('camera.json')
		await writeFile(
			config,
			JSON.stringify({ production: true, custodians: [custodian], camera, tray: { kind: 'gpio', line: 17 } }),
		)
		await chmod(config, 0o640)
		const installing = install('--camera', '--yes', '--config', config)
		await fake.holdNext(at('held.png'))
		expect(await installing).toMatchObject({ status: 0, out: `${number}\n` })
		expect(JSON.parse(await readFile(config, 'utf8'))).toMatchObject({ camera, custodians: [custodian] })
	}, 240_000)
})
