/**
 * Root in a directory of a service's: each command becomes the service's user before it touches a file there, and
 * still does what it is for.
 */
import { randomBytes } from 'node:crypto'
import {
	chmodSync,
	chownSync,
	existsSync,
	mkdirSync,
	readFileSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs'
import { lstat, readdir, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { beforeEach, describe, expect, test } from 'vitest'
import { makeIdentity, makeSpares, openIdentity } from '#src/enrolment/device-identity.js'
import { actaText, JournalMaker, someBytes } from '../support/journal-maker.ts'
import { execute, testigo } from '../support/processes.ts'
import { gotten } from '../support/result.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

/** Users that nobody has; the kiosk's and the uplink's share a group. */
const users = { kiosk: [64_101, 64_100], uplink: [64_102, 64_100], centre: [64_103, 64_103] } as const

const dist = fileURLToPath(new URL('../../dist', import.meta.url))

/** Why it can't be tried here. */
const without =
	process.getuid?.() !== 0
		? ': skipped, needs root'
		: waysTo(dist).every((path) => (statSync(path).mode & 0o005) === 0o005)
			? null
			: ': skipped, others than root can not read this checkout'

function waysTo(path: string): string[] {
	return path === '/' ? [path] : [...waysTo(dirname(path)), path]
}

/** Root's own, and to be left alone. */
const secret = 'root’s own\nand half a li'

let home = ''
const at = (...names: string[]) => join(home, ...names)
const hidden = () => at('only-root', 'secret')

async function give(path: string, who: keyof typeof users): Promise<void> {
	const [uid, gid] = users[who]
	for (const name of await readdir(path, { recursive: true })) chownSync(join(path, name), uid, gid)
	chownSync(path, uid, gid)
	chmodSync(path, 0o750)
}

beforeEach(async () => {
	if (without !== null) return
	home = await temporaryFolder()
	chmodSync(home, 0o755)
	mkdirSync(at('only-root'), { mode: 0o700 })
	writeFileSync(hidden(), secret, { mode: 0o600 })
})

/** A centre and its directory, which is the service's; its key is only root's. */
async function centre(): Promise<string[]> {
	gotten(await makeIdentity(at('only-root', 'centre'), 'centre', randomBytes))
	mkdirSync(at('central', 'devices'), { recursive: true })
	await give(at('central'), 'centre')
	return ['--identity', at('only-root', 'centre'), '--directory', at('central')]
}

/** A stopped kiosk as the services leave it, with one acta; its key is only root's. */
async function kiosk(): Promise<{ readonly options: string[]; readonly journal: JournalMaker }> {
	const identity = at('only-root', 'identity')
	gotten(await makeIdentity(identity, 'device', randomBytes))
	const journal = new JournalMaker(at('state', 'journal'), gotten(await openIdentity(identity)).signer)
	await journal.boot()
	await journal.acta(actaText(1), [someBytes(9_000, 1)])
	mkdirSync(at('state', 'uplink'))
	await give(at('state', 'journal'), 'kiosk')
	await give(at('state', 'uplink'), 'uplink')
	chownSync(at('state'), 0, users.kiosk[1])
	chmodSync(at('state'), 0o1775)
	const places = ['--journal', at('state', 'journal'), '--uplink', at('state', 'uplink')]
	return { options: ['--identity', identity, '--state', at('state', 'kiosk.json'), ...places], journal }
}

async function ownersIn(directory: string): Promise<number[]> {
	const names = await readdir(directory, { recursive: true })
	const owners = await Promise.all(names.map(async (name) => (await lstat(join(directory, name))).uid))
	return [...new Set(owners)]
}

const [kiosks, , centres] = [users.kiosk[0], users.uplink[0], users.centre[0]]

describe.skipIf(without !== null)(
	`root and the directories of services${without ?? ''}`,
	{ timeout: 60_000 },
	() => {
		test('what was given up can not be had again, by no thread', async () => {
			mkdirSync(at('service'))
			await give(at('service'), 'kiosk')
			const script = `
			const { giveUpRoot } = await import(${JSON.stringify(pathToFileURL(join(dist, 'platform/process/give-up-root.js')).href)})
			const { readFile } = await import('node:fs/promises')
			await Promise.all(Array.from({ length: 8 }, () => readFile('/etc/passwd')))
			const given = await giveUpRoot([${JSON.stringify(at('service', 'missing'))}])
			const errors = []
			for (const attempt of [
				() => process.setuid(0), () => process.seteuid(0), () => process.setgid(0), () => process.setgroups([0]),
			]) try { attempt(); errors.push('none') } catch ({ code }) { errors.push(code) }
			const read = await Promise.all(Array.from({ length: 8 }, () => readFile(${JSON.stringify(hidden())}).catch(({ code }) => code)))
			console.log(JSON.stringify({ given, errors, read, ids: [process.getuid(), process.geteuid(), process.getgid(), process.getgroups()] }))`
			const { stdout } = await execute(process.execPath, ['--input-type=module', '-e', script])
			const [uid, gid] = users.kiosk
			expect(JSON.parse(stdout)).toEqual({
				given: { ok: true, value: { uid, gid, name: String(uid), path: at('service', 'missing') } },
				errors: Array(4).fill('EPERM'),
				read: Array(8).fill('EACCES'),
				ids: [uid, uid, gid, [gid]],
			})
		})

		test('import: a ledger that is a link to a file of root’s is refused, and the file stays as it was', async () => {
			const options = await centre()
			mkdirSync(at('stick', 'testigo'), { recursive: true })
			symlinkSync(hidden(), at('central', 'ledger.jws'))
			const refused = await testigo('import', at('stick'), ...options)
			expect(readFileSync(hidden(), 'utf8')).toBe(secret)
			expect(existsSync(at('central', 'quarantine'))).toBe(false)
			expect(refused).toMatchObject({ status: 3, out: '' })
			expect(refused.err).toContain('ledger.jws: it is a link')
		})

		test('close: a lock that is a link makes no file of root’s', async () => {
			const { options } = await kiosk()
			symlinkSync(at('only-root', 'made'), at('state', 'journal', 'lock'))
			const refused = await testigo('close', ...options)
			expect(existsSync(at('only-root', 'made'))).toBe(false)
			expect(refused).toMatchObject({ status: 3, out: '' })
			expect(refused.err).toContain('lock: it is a link')
		})

		test('a folder of somebody else’s in a directory of root’s leads no file of root’s away', async () => {
			const ledger = await centre()
			const { options, journal } = await kiosk()
			mkdirSync(at('target'))
			for (const directory of [at('central'), at('central', 'devices'), journal.directory, at('state')])
				chownSync(directory, 0, 0)
			chmodSync(at('state'), 0o755)
			mkdirSync(at('central', 'images'))
			for (const images of [at('central', 'images'), join(journal.directory, 'images')]) {
				for (let folder = 0; folder < 256; folder++) {
					const path = join(images, folder.toString(16).padStart(2, '0'))
					await rm(path, { recursive: true, force: true })
					symlinkSync(at('target'), path)
				}
				chownSync(images, ...users.kiosk)
			}
			for (const name of await readdir(journal.directory)) {
				if (name !== 'images') chownSync(join(journal.directory, name), 0, 0)
			}
			mkdirSync(at('stick', 'testigo'), { recursive: true })
			for (const words of [
				['import', at('stick'), ...ledger],
				['close', ...options],
			]) {
				const refused = await testigo(...words)
				expect(refused).toMatchObject({ status: 3, out: '' })
				expect(refused.err).toContain(`images: it belongs to another user (${kiosks}); it is left as it is\n`)
			}
			chownSync(join(journal.directory, 'images'), 0, 0)
			symlinkSync(at('target'), at('state', 'signed'))
			const refused = await testigo('close', ...options)
			expect(refused).toMatchObject({ status: 3, out: '' })
			expect(refused.err).toContain('signed: should be a folder: it is a link')
			expect(refused.err).not.toContain('kiosk.json')
			await rm(at('central', 'heads.jws'))
			await execute('mkfifo', [at('central', 'heads.jws')])
			await rm(at('central', 'images'), { recursive: true })
			const verdict = await testigo('verify', at('central'))
			expect(verdict.out).toContain('heads.jws: not-a-file: it is a pipe')
			expect(verdict.out).not.toContain('ledger.jws')
			expect(await readdir(at('target'))).toEqual([])
		})

		test('ca: what is to lie in another’s folder is written as that one', async () => {
			const dir = at('only-root', 'authority')
			expect(await testigo('ca', 'init', '--dir', dir)).toMatchObject({ status: 0 })
			mkdirSync(at('others'))
			await give(at('others'), 'kiosk')
			symlinkSync(hidden(), at('others', 'crl.pem'))
			expect(await testigo('ca', 'crl', '--dir', dir, '--out', at('others', 'crl.pem'))).toMatchObject({
				status: 0,
				err: expect.stringContaining(`goes on as ${kiosks}`),
			})
			expect(await ownersIn(at('others'))).toEqual([kiosks])
			expect(readFileSync(hidden(), 'utf8')).toBe(secret)
		})

		test('by hand as root: there, in, and home, each file left to whom its directory belongs', async () => {
			const ledger = await centre()
			const { options, journal } = await kiosk()
			writeFileSync(
				at('central', 'devices', `${journal.signer.kid}.pem`),
				readFileSync(join(journal.directory, 'device.pem')),
			)
			mkdirSync(at('stick'))
			await give(at('stick'), 'kiosk')
			const { id } = JSON.parse(readFileSync(at('only-root', 'centre', 'identity.json'), 'utf8'))
			const pinned = [
				'--centre-id',
				id,
				'--centre-key',
				at('only-root', 'centre', 'public.pem'),
				'--any-folder',
			]
			const places = options.slice(4)
			expect((await testigo('void', '2', '--reason', 'test', ...options)).out).toContain('entry 2 is void')
			expect((await testigo('close', ...options)).out).toContain('DAY CLOSED')
			const sent = await testigo('export', at('stick'), ...places, ...pinned)
			expect(sent).toMatchObject({
				status: 0,
				err: expect.stringMatching(/^testigo: goes on as 64101, [^\n]*\n$/),
			})

			await give(at('stick'), 'centre')
			const taken = await testigo('import', at('stick'), ...ledger)
			expect(taken.out).toMatch(/6 entries stored, .* 6 receipts to take home/)
			expect(taken.status).toBe(0)
			await give(at('stick'), 'kiosk')
			const home = await testigo('export', at('stick'), ...places, ...pinned)
			expect(home).toMatchObject({ status: 0, out: expect.stringContaining('Receipts brought by sticks: 6') })

			expect(statSync(at('state', 'uplink', 'carried.jws'))).toMatchObject({
				uid: users.uplink[0],
				gid: users.uplink[1],
			})
			expect(statSync(at('state', 'kiosk.json'))).toMatchObject({ uid: kiosks })
			expect(await ownersIn(at('state', 'journal'))).toEqual([kiosks])
			expect((await ownersIn(at('central'))).filter((uid) => uid !== 0)).toEqual([centres])
			const found = await Promise.all([
				testigo('status', ...places),
				testigo('verify', at('state', 'journal')),
				testigo('verify', at('central')),
				testigo('tally', at('central')),
			])
			expect(found.map(({ status }) => status)).toEqual([0, 0, 0, 0])
			expect(found.map(({ err }) => /goes on as (\d+)/.exec(err)?.[1])).toEqual(
				[kiosks, kiosks, centres, centres].map(String),
			)
			expect(found[0]?.out).toMatch(/^received {4}6,/m)
		})

		test('identities that end with their day: receipts of each come home to its own uplink, by one keeper', async () => {
			const ledger = await centre()
			const { options, journal } = await kiosk()
			const [first = ''] = gotten(await makeSpares(at('only-root', 'identity'), 1, randomBytes)).map(
				({ id }) => id,
			)
			const spare = at('only-root', 'identity', 'spares', first)
			const next = new JournalMaker(at('state', 'journals', first), gotten(await openIdentity(spare)).signer)
			await next.boot()
			// As /etc/testigo is; of what lies below, the keys are only their users'.
			chmodSync(at('only-root'), 0o711)
			await give(at('state', 'journals'), 'kiosk')
			for (const name of ['key.pem', 'tls-key.pem']) chownSync(join(spare, name), ...users.kiosk)
			writeFileSync(
				at('state', 'current-identity.json'),
				JSON.stringify({ v: 1, device: first, before: null }),
			)
			chownSync(at('state', 'current-identity.json'), ...users.kiosk)
			for (const { signer, directory } of [journal, next])
				writeFileSync(
					at('central', 'devices', `${signer.kid}.pem`),
					readFileSync(join(directory, 'device.pem')),
				)
			const { id } = JSON.parse(readFileSync(at('only-root', 'centre', 'identity.json'), 'utf8'))
			const settings = {
				...{ identities: 'daily', identity: options[1], state: options[3], journal: journal.directory },
				...{ uplink: at('state', 'uplink'), camera: { kind: 'folder', directory: home } },
				centre: { id, publicKey: at('only-root', 'centre', 'public.pem') },
				language: 'en',
			}
			writeFileSync(at('kiosk.json'), JSON.stringify(settings))
			mkdirSync(at('stick'))
			await give(at('stick'), 'kiosk')
			const words = ['--config', at('kiosk.json'), '--any-folder']
			expect(await testigo('export', at('stick'), ...words)).toMatchObject({ status: 0 })
			await give(at('stick'), 'centre')
			expect(await testigo('import', at('stick'), ...ledger)).toMatchObject({ status: 0 })
			await give(at('stick'), 'kiosk')
			const came = await testigo('export', at('stick'), ...words)
			expect(came.out.match(/Receipts brought by sticks: \d/g)).toEqual([
				'Receipts brought by sticks: 2',
				'Receipts brought by sticks: 1',
			])
			for (const kept of [at('state', 'uplink'), at('state', 'uplink', first)]) {
				expect(statSync(join(kept, 'carried.jws'))).toMatchObject({ uid: users.uplink[0] })
			}
			// With the key of the identity of now, not with that which root read.
			expect((await testigo('close', '--config', at('kiosk.json'))).out).toContain(first)
			const status = await testigo('status', ...options.slice(4), '--json')
			expect(JSON.parse(status.out)).toMatchObject({ device: first, received: 1, ended: [{ received: 2 }] })
			const { out } = await testigo('doctor', '--config', at('kiosk.json'), '--json')
			const findings: { part: string; code: string; what: string }[] = JSON.parse(out).findings
			const seen = findings.filter(({ part }) =>
				['directories', 'identity', 'journal', 'spares'].includes(part),
			)
			expect(seen.map(({ part, code }) => `${part} ${code}`)).toEqual([
				'directories ok',
				'identity ok',
				'spares none-left',
				'journal ok',
			])
			expect(seen[1]?.what).toBe(first)
		})

		test('doctor: the journal is looked at as its owner, and whose each directory is, is said', async () => {
			const { options, journal } = await kiosk()
			const settings = { identity: options[1], state: at('state', 'kiosk.json'), journal: journal.directory }
			const more = {
				uplink: at('state', 'uplink'),
				camera: { kind: 'folder', directory: home },
				language: 'en',
			}
			writeFileSync(at('kiosk.json'), JSON.stringify({ ...settings, ...more }))
			const look = async () => {
				const { out } = await testigo('doctor', '--config', at('kiosk.json'), '--json')
				const findings: { part: string; code: string; what: string }[] = JSON.parse(out).findings
				return findings.filter(({ part }) => ['directories', 'journal', 'storage'].includes(part))
			}
			expect((await look()).map(({ part, code }) => `${part} ${code}`)).toEqual([
				'directories ok',
				'journal ok',
				'storage ok',
			])
			await rm(join(journal.directory, 'device.pem'))
			symlinkSync(hidden(), join(journal.directory, 'device.pem'))
			chownSync(at('only-root', 'identity'), ...users.kiosk)
			writeFileSync(join(journal.directory, 'head.jws'), '')
			const found = await look()
			expect(found.map(({ part, code }) => `${part} ${code}`).sort()).toEqual([
				'directories link',
				'directories other-owner',
				'directories other-owner',
				'journal file-unreadable',
				'storage ok',
			])
			expect(JSON.stringify(found)).not.toContain('half a li')
		})

		test('a directory that others can exchange is not entered as root', async () => {
			const options = await centre()
			await rm(at('central'), { recursive: true })
			mkdirSync(at('open', 'central'), { recursive: true })
			chmodSync(at('open'), 0o777)
			const words = [...options.slice(0, 2), '--directory', at('open', 'central')]
			const refused = await testigo('import', at('only-root'), ...words)
			expect(refused).toMatchObject({
				status: 3,
				err: expect.stringContaining(`put files into ${at('open')}: `),
			})
		})

		test('a stick that the service may not write on: what to do is said, and nothing is left half', async () => {
			const { options } = await kiosk()
			mkdirSync(at('stick'))
			const refused = await testigo('export', at('stick'), ...options.slice(4), '--any-folder')
			expect(refused).toMatchObject({ status: 3, err: expect.stringContaining(`nosuid,uid=${kiosks}`) })
			expect(await readdir(at('stick'))).toEqual([])
		})
	},
)
