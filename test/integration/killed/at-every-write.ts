/**
 * One acta through a kiosk that is killed with SIGKILL in the n-th of its system calls that change the disk, for
 * every n until it comes through unharmed: what it had shown by then is there, and the next start ends what was
 * begun, so that the acta stands in the journal once. Many kills leave the same files: from each state that they leave
 * one start is enough, since a start knows nothing else. Left out is the write of an image into its temporary file,
 * which has another name each time, so that strace can't tell it from the thread's other writes; before it comes
 * the sync of its folder, behind it its own. (What a kill leaves is in the kernel's memory; that it is on
 * the disk as well is what `power/` looks at.)
 */
import { createHash, randomBytes } from 'node:crypto'
import { appendFile, cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { auditJournal } from '#src/audit/journal-audit.js'
import { makeSpares } from '#src/enrolment/device-identity.js'
import { installResponses } from '#src/enrolment/install.js'
import { actaText, qrPicture } from '../../reading/qr-picture.ts'
import { Campaign, now } from '../../support/campaign.ts'
import { inDirectory } from '../../support/in-directory.ts'
import { RunningProcess, testigo, testigoCommand } from '../../support/processes.ts'
import { gotten } from '../../support/result.ts'
import { withoutStrace } from '../../support/strace.ts'
import { shownIn } from '../power/shown.ts'

/** Where to kill: in the n-th call of this name (a name or `/pattern`), on this file only where one is given. */
interface Kill {
	readonly call: string
	readonly nth: number
	readonly on?: string | undefined
}

/** Of the reserve, made one after another by the same calls: with so many of them or one more a start does the same. */
const alikeParts = /^\/journal\/reserve\/([2-9]|1[0-4])$/

type Check = (kiosk: Kiosk) => Promise<void>

const limit = { timeout: 900_000 }

/** A kiosk's files in a folder of their own. */
class Kiosk {
	readonly #directory: string

	constructor(directory: string) {
		this.#directory = directory
	}

	path(...names: string[]): string {
		return join(this.#directory, ...names)
	}

	/** Begins with a copy of the files in `template`, and with `paper` in the inbox. */
	async furnish(template: string, paper: Uint8Array | null, more: object = {}): Promise<void> {
		await cp(template, this.#directory, { recursive: true })
		await mkdir(this.path('inbox'))
		if (paper !== null) await writeFile(this.path('inbox', 'acta.png'), paper)
		await writeFile(
			this.path('config.json'),
			JSON.stringify({
				identity: this.path('identity'),
				journal: this.path('journal'),
				state: this.path('kiosk.json'),
				uplink: this.path('uplink'),
				camera: { kind: 'folder', directory: this.path('inbox'), settle: 10 },
				panel: 'terminal',
				// As many files as the usual one, and written sooner.
				disk: { reserve: 1 << 20 },
				glance: 0,
				...more,
			}),
		)
	}

	/** What a start finds: every file's name and bytes, but for what was shown, and signatures, which are random. */
	async state(): Promise<string> {
		const found = createHash('sha256')
		const names = await readdir(this.#directory, { recursive: true, withFileTypes: true })
		const paths = names.map((entry) => [join(entry.parentPath, entry.name), entry.isFile()] as const)
		for (const [path, isFile] of paths.sort(([one], [other]) => (one < other ? -1 : 1))) {
			const name = path.slice(this.#directory.length)
			if (name === '/shown' || name === '/config.json' || alikeParts.test(name)) continue
			found.update(`${name}\n`)
			if (isFile) found.update((await readFile(path, 'latin1')).replace(/\.[\w-]{86}$/gm, '.'), 'latin1')
		}
		return found.digest('hex')
	}

	/** Everything that was shown, over all lives. */
	shown(): Promise<string> {
		return readFile(this.path('shown'), 'utf8')
	}

	/** Runs until the inbox is empty and ends it then, unless it is killed before; says whether it came through. */
	async run(kill?: Kill): Promise<boolean> {
		const before = (await this.shown().catch(() => '')).length
		const command = testigoCommand('kiosk', '--config', this.path('config.json'))
		const running = new RunningProcess([...(kill === undefined ? [] : this.#underStrace(kill)), ...command], {
			log: this.path('shown'),
			// On one thread the calls come in one order; io_uring would pass strace by.
			env: { UV_THREADPOOL_SIZE: '1', UV_USE_IO_URING: '0' },
		})
		const isDone = async () => {
			const started = running.said.slice(before).includes('"event":"started"')
			return started && (await readdir(this.path('inbox'))).length === 0
		}
		await running.until(async () => running.ended || (await isDone()), 100_000)
		await running.stop()
		const { status, signal } = running
		if (status !== 0 && signal !== 'SIGKILL') throw new Error(`it ended with ${status ?? signal}`)
		return status === 0
	}

	#underStrace({ call, nth, on }: Kill): string[] {
		return [
			// As a grandchild, so that the child is the kiosk itself.
			...['strace', '-D', '--quiet=all', '-f', '-o', '/dev/null'],
			...['-e', `trace=${call}`, '-e', `inject=${call}:signal=KILL:when=${nth}`],
			...(on === undefined ? [] : ['-P', on]),
		]
	}
}

/** What was shown is there, whole. */
async function expectShownIsStored(kiosk: Kiosk): Promise<void> {
	const { entries, highest } = shownIn(Buffer.from(await kiosk.shown()))
	if (highest === 0) return
	const report = await auditJournal(kiosk.path('journal'))
	expect(report).toMatchObject({
		ok: true,
		value: { chainWhole: true, faultCount: 0, images: { present: 1 } },
	})
	const seq = report.ok ? (report.value.head?.seq ?? 0) : 0
	expect(entries.every((entry) => entry.seq <= seq && entry.number === 1)).toBe(true)
	expect(highest).toBe(1)
}

async function expectRecordedOnce(kiosk: Kiosk): Promise<void> {
	expect(await auditJournal(kiosk.path('journal'))).toMatchObject({
		ok: true,
		value: { chainWhole: true, faultCount: 0, byKind: { acta: 1 }, images: { named: 1, present: 1 } },
	})
}

/** Beside the kiosk's own settings. */
const daily = { identities: 'daily' }

/** The closed day's journal as it was, and one other identity, which has begun its own and nobody else's. */
async function expectNextIdentity(kiosk: Kiosk): Promise<void> {
	expect(await auditJournal(kiosk.path('journal'))).toMatchObject({
		ok: true,
		value: { faultCount: 0, entries: 3, byKind: { boot: 2, close: 1 } },
	})
	const { device } = JSON.parse(await readFile(kiosk.path('current-identity.json'), 'utf8'))
	const begun = await readdir(kiosk.path('journals'))
	expect(begun).toContain(device)
	for (const id of begun) {
		const audit = await auditJournal(kiosk.path('journals', id))
		expect(audit).toMatchObject({ ok: true, value: { faultCount: 0 } })
	}
	expect(begun).toHaveLength(1)
}

/** A line as a power cut leaves it. */
const torn = 'eyJhbGciOiJFUzI1NiIsInR5cCI6InRlc3RpZ28tZW50cnkrandzIn0.eyJ2Ijox'

async function expectTornKept(kiosk: Kiosk): Promise<void> {
	expect(await auditJournal(kiosk.path('journal'))).toMatchObject({ ok: true, value: { faultCount: 0 } })
	const kept = (await readdir(kiosk.path('journal', 'quarantine'))).filter((name) => !name.endsWith('.new'))
	expect(kept.length).toBeGreaterThan(0)
	for (const name of kept) {
		expect(await readFile(kiosk.path('journal', 'quarantine', name), 'utf8')).toBe(torn)
	}
}

/** A call, the file that it is on where not any, and the fewest kills that there must be. */
export interface KilledCalls {
	/** Of a first start and one acta. */
	readonly first: readonly (readonly [call: string, file: string, least: number])[]
	/** Of a start after a closed day, with identities of their own for each. */
	readonly closed: readonly (readonly [call: string, file: string, least: number])[]
	/** Of a start that finds a torn tail. */
	readonly torn: readonly (readonly [call: string, least: number])[]
}

export function describeKills({ first, closed, torn: tornCalls }: KilledCalls): void {
	if (withoutStrace !== null) {
		test.skip(`a kiosk killed at every write: ${withoutStrace}`, () => {})
		return
	}
	describe('a kiosk killed at every write', () => {
		let templates: string
		let paper: Uint8Array

		beforeAll(async () => {
			templates = await mkdtemp(join(tmpdir(), 'testigo-killed-'))
			paper = await qrPicture(actaText)
			const enrolled = join(templates, 'enrolled')
			await testigo('enrol', 'request', '--dir', join(enrolled, 'identity'))
			const kiosk = new Kiosk(join(templates, 'torn'))
			await kiosk.furnish(enrolled, null)
			await kiosk.run()
			await rm(kiosk.path('inbox'), { recursive: true })
			await appendFile(kiosk.path('journal', 'entries.jws'), torn)
			if (closed.length > 0) await closeDay()
		})

		/** A kiosk with two spares, whose day is closed. */
		async function closeDay(): Promise<void> {
			const campaign = await Campaign.make(join(templates, 'spared'))
			const { directory } = await campaign.member('identity')
			const responses = []
			for (const { request } of gotten(await makeSpares(directory, 2, randomBytes))) {
				responses.push((await campaign.certify(request)).text)
			}
			const circumstances = { now, confirm: async () => false }
			gotten(await installResponses(directory, responses.join('\n'), circumstances))
			const kiosk = new Kiosk(join(templates, 'closed'))
			await kiosk.furnish(campaign.directory, null, daily)
			await kiosk.run()
			expect(await testigo('close', '--config', kiosk.path('config.json'))).toMatchObject({ status: 0 })
			await rm(kiosk.path('inbox'), { recursive: true })
		}

		afterAll(() => rm(templates, { recursive: true }))

		/** By the template that they came from: states from which a start has ended well. */
		const ended = new Set<string>()

		/** Starts with a copy of the template, killed by `kill`, and then again unharmed; says whether it was. */
		function killed(template: string, kill: Kill, check: Check) {
			return inDirectory(async (given) => {
				const kiosk = new Kiosk(await realpath(given))
				const more = template === 'closed' ? daily : {}
				await kiosk.furnish(join(templates, template), template === 'enrolled' ? paper : null, more)
				const on = kill.on === undefined ? undefined : kiosk.path(...kill.on.split('/'))
				const harmed = !(await kiosk.run({ ...kill, on }))
				await expectShownIsStored(kiosk)
				const state = `${template} ${await kiosk.state()}`
				if (!ended.has(state)) {
					expect(await kiosk.run()).toBe(true)
					await expectShownIsStored(kiosk)
					await check(kiosk)
					ended.add(state)
				}
				return harmed
			})
		}

		/** Kills at the first call, the second, and so on; says how many there were. */
		async function killedAtEach(template: string, call: string, on: string | undefined, check: Check) {
			for (let nth = 1; ; nth++) {
				if (!(await killed(template, { call, nth, on }, check))) return nth - 1
			}
		}

		test.each(first)('a first start and one acta, in each %s on %s', limit, async (call, file, least) => {
			const on = file === 'any file' ? undefined : file
			expect(await killedAtEach('enrolled', call, on, expectRecordedOnce)).toBeGreaterThanOrEqual(least)
		})

		test.each(closed)('a start after a closed day, in each %s on %s', limit, async (call, file, least) => {
			expect(await killedAtEach('closed', call, file, expectNextIdentity)).toBeGreaterThanOrEqual(least)
		})

		test.each(tornCalls)('a start that finds a torn tail, in each %s', limit, async (call, least) => {
			expect(await killedAtEach('torn', call, undefined, expectTornKept)).toBeGreaterThanOrEqual(least)
		})
	})
}
