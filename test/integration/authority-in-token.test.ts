/** An authority whose campaign key was made in a token: `testigo ca` by that key, checked by openssl, and without it. */
import { execFile } from 'node:child_process'
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { revocationList, withAuthority } from '#src/cli/ca-authority.js'
import { revoke } from '#src/enrolment/publish-devices.js'
import { withoutOpenssl } from '../support/certificates.ts'
import { enrol, type Machine, machines } from '../support/machines.ts'
import { temporaryFolderOf } from '../support/temporary-folder.ts'
import { type TestToken, tokenKinds } from '../support/tokens.ts'

const run = promisify(execFile)

for (const { name, without, make } of tokenKinds.filter(({ name }) => name === 'SoftHSM')) {
	const lacking = without ?? withoutOpenssl
	describe.skipIf(lacking !== null)(`the campaign's key in ${name} ${lacking ?? ''}`, () => {
		let clear: () => Promise<void>
		let token: TestToken
		let flags: string[]
		let laptop: Machine
		let kiosk: Machine
		let centre: Machine
		let id: string
		let campaign: string

		beforeAll(async () => {
			const home = await temporaryFolderOf((gone) => {
				clear = gone
			})
			await mkdir(join(home, 'token'))
			token = await make(join(home, 'token'))
			const { module, pinFile } = token.key
			flags = ['--pkcs11-module', module, '--token', token.key.token, '--pin-file', pinFile]
			;({ laptop, kiosk, centre } = await machines(home))
			const made = await laptop.gets('ca', 'init', '--dir', 'ca', '--days', '30', ...flags)
			campaign = made[1] ?? ''
			await rename(laptop.path('ca/root-key.pem'), laptop.path('root-key.pem'))
			await enrol(laptop, centre, made[2] ?? '', 'centre')
			id = await enrol(laptop, kiosk, made[2] ?? '', 'request')
		}, 240_000)
		afterAll(async () => {
			await token.end()
			await clear()
		})

		const verify = async (...words: string[]) => {
			const chain = ['-CAfile', laptop.path('ca/root.pem'), '-untrusted', laptop.path('ca/campaign.pem')]
			const all = ['verify', '-x509_strict', ...chain, ...words]
			const { stdout, stderr } = await run('openssl', all).catch((error) => error)
			return `${stdout}${stderr}`
		}
		/** Labels of the private keys in the token. */
		const keys = async () => {
			const { module, pinFile } = token.key
			const login = ['--login', '--pin', (await readFile(pinFile, 'utf8')).trim()]
			const { stdout } = await run('pkcs11-tool', [
				...['--module', module, '--token-label', token.key.token, ...login],
				...['--list-objects', '--type', 'privkey'],
			])
			return [...stdout.matchAll(/label:\s+(\S+)/g)].map(([, label]) => label)
		}

		test('its directory says where the key is, and holds neither key nor PIN', async () => {
			expect(await keys()).toEqual([campaign])
			const place = JSON.parse(await readFile(laptop.path('ca/campaign-key.json'), 'utf8'))
			expect(place).toEqual({ ...token.key, label: campaign })
			const pin = (await readFile(token.key.pinFile, 'utf8')).trim()
			const files = (await readdir(laptop.path('ca'), { withFileTypes: true })).filter((one) => one.isFile())
			expect(files.map(({ name }) => name)).toContain('campaign.pem')
			for (const { name } of files) {
				const text = await readFile(laptop.path(join('ca', name)), 'utf8')
				expect(text).not.toContain('PRIVATE KEY')
				expect(text).not.toContain(pin)
			}
		})

		test('taken out while it revokes: one line, nothing is revoked, and put back it signs', async () => {
			const now = Date.now()
			await expect(
				withAuthority(laptop.path('ca'), now, async (authority) => {
					await token.remove()
					return revoke(authority, { id, last: 0, reason: 'lost' }, now).finally(() => token.insert())
				}),
			).rejects.toMatchObject({ status: 3, message: expect.stringMatching(/^token "kiosk": .*is it there/) })
			await withAuthority(laptop.path('ca'), now, async (authority) => {
				expect(authority.log.revocationOf(id)).toBeUndefined()
				expect(await revocationList(now)(authority)).toMatch(/^-----BEGIN X509 CRL-----\n/)
			})
		})

		test('what it issued chains to the root, strictly, and what it revokes is revoked', async () => {
			const [lost, kept] = [kiosk.path('identity/tls.pem'), centre.path('identity/tls.pem')]
			for (const path of [
				laptop.path('ca/campaign.pem'),
				kiosk.path('identity/certificate.pem'),
				...[lost, kept],
			]) {
				expect(await verify(path)).toBe(`${path}: OK\n`)
			}
			await laptop.gets('ca', 'revoke', id, '--last', '0', '--reason', 'lost', '--dir', 'ca')
			await laptop.gets('ca', 'registry', '--dir', 'ca')
			await laptop.gets('ca', 'crl', '--dir', 'ca', '--out', 'crl.pem')
			expect(await laptop.gets('ca', 'list', '--dir', 'ca')).toContainEqual(
				expect.stringMatching(new RegExp(`${id} .*REVOKED`)),
			)
			expect(await laptop.gets('ca', 'words', '--dir', 'ca')).toHaveLength(1)
			const list = ['-crl_check', '-CRLfile', laptop.path('crl.pem')]
			expect(await verify(...list, lost)).toContain('certificate revoked')
			expect(await verify(...list, kept)).toBe(`${kept}: OK\n`)
		})

		const placePath = () => laptop.path('ca/campaign-key.json')
		/** Writes to a file for as long as a test lasts. */
		const changed = async (path: string, change: (text: string) => string) => {
			const text = await readFile(path, 'utf8')
			onTestFinished(() => writeFile(path, text))
			await writeFile(path, change(text))
		}
		test.each<[string, () => Promise<unknown>, RegExp]>([
			[
				'its PIN wrong',
				() => changed(token.key.pinFile, () => 'wrong-pin'),
				/^testigo: token "kiosk": does not take the PIN .*\(pin-refused\)\n$/,
			],
			[
				'a place that is none',
				() => changed(placePath(), () => '{"kind": "pkcs11"}'),
				/^testigo: .*campaign-key\.json: .*module: .*\(invalid\)\n$/,
			],
			[
				'another key of the token in its place',
				async () => {
					const other = (await laptop.gets('ca', 'init', '--dir', 'other', ...flags))[1] ?? ''
					await changed(placePath(), (place) => place.replace(campaign, other))
				},
				/^testigo: ca\/campaign-key\.json: not the key of campaign\.pem \(key-mismatch\)\n$/,
			],
		])('%s: refused in one line', async (_, harm, line) => {
			expect((await laptop.types('ca', 'list', '--dir', 'ca')).status).toBe(0)
			await harm()
			const { status, out, err } = await laptop.types('ca', 'list', '--dir', 'ca')
			expect({ status, out }).toEqual({ status: 3, out: '' })
			expect(err).toMatch(line)
		})

		test('init makes no key where it refuses', async () => {
			const before = await keys()
			const again = await laptop.types('ca', 'init', '--dir', 'ca', ...flags)
			expect(again).toMatchObject({
				status: 2,
				out: '',
				err: expect.stringContaining('holds an authority'),
			})
			await writeFile(laptop.path('pin'), 'wrong-pin', { mode: 0o600 })
			const wrong = [...flags.slice(0, -1), laptop.path('pin')]
			const refused = await laptop.types('ca', 'init', '--dir', 'refused', ...wrong)
			expect(refused).toMatchObject({ status: 3, out: '' })
			expect(refused.err).toMatch(/^testigo: token "kiosk": does not take the PIN .*\n$/)
			expect(await readdir(laptop.path('refused'))).toEqual([])
			expect(await keys()).toEqual(before)
		})
	})
}
