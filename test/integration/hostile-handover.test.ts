/**
 * A captured uplink leaves huge files for the kiosk: a state of 60 MB, and 48 MB of receipts without a line feed.
 * Papers are recorded as beside an honest one, also when the disk is short and the receipts are read from end to
 * end for what may be evicted; the kiosk says once what is wrong with each file.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { publicKeyPem } from '#src/evidence/identity.js'
import { DiskKiosk, smallDisk } from '../support/disk-kiosk.ts'
import { Mount, withoutTmpfs } from '../support/mounts.ts'
import { testigo } from '../support/processes.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { makeSigner } from '../support/test-identity.ts'

const megabyte = 1 << 20
const papers = 5

function plant(directory: string): void {
	mkdirSync(directory, { recursive: true })
	const numbers = '[1,2,3,4,5,6,7,8],'.repeat((60 * megabyte) / 18)
	writeFileSync(join(directory, 'state.json'), `{"v":1,"setAside":[${numbers}0]}`)
	for (const name of ['receipts.jws', 'carried.jws']) {
		writeFileSync(join(directory, name), Buffer.alloc(48 * megabyte, 'A'))
	}
}

interface Run {
	/** Of each paper, from laying it down until the display says that it is recorded. */
	readonly milliseconds: readonly number[]
	/** Resident at most (`VmHWM`, proc(5)). */
	readonly peakMegabytes: number
	/** What the kiosk said of the uplink's files. */
	readonly troubles: readonly unknown[]
	/** What `testigo status` says of the uplink. */
	readonly uplink: unknown
}

async function run(isHostile: boolean): Promise<Run> {
	const directory = await temporaryFolder()
	const disk = Mount.tmpfs(join(directory, 'disk'), 'size=12m,nr_inodes=300')
	const centre = makeSigner('c-centre')
	writeFileSync(join(directory, 'centre.pem'), publicKeyPem(centre.publicKey))
	const journal = join(disk.path, 'journal')
	const kiosk = new DiskKiosk(directory, {
		...{ journal, state: join(disk.path, 'state.json'), disk: { ...smallDisk, giveAway: { copies: 1 } } },
		centre: { id: centre.kid, publicKey: join(directory, 'centre.pem') },
	})
	onTestFinished(async () => {
		await kiosk.stop('SIGKILL')
		disk.clear()
	})
	await kiosk.enrol()
	if (isHostile) plant(kiosk.uplink)
	await kiosk.start()
	const milliseconds: number[] = []
	for (let number = 1; number <= papers; number++) {
		if (number === papers) disk.fill('others', megabyte / 4)
		const begun = performance.now()
		await kiosk.lay()
		if (number === papers) {
			await kiosk.untilShown('DISCO LLENO', 'No ponga más actas')
			disk.remove('others')
		}
		await kiosk.untilRecorded(number)
		milliseconds.push(Math.round(performance.now() - begun))
	}
	const troubles = () =>
		kiosk.events.flatMap(({ event, device, fault }) =>
			event === 'trouble' && device === 'uplink' ? [(fault as { code: string }).code] : [],
		)
	// The state file and both files of receipts at the start; of the latter again when images are to be evicted.
	if (isHostile) await kiosk.until(() => troubles().length >= 5)
	const status = readFileSync(`/proc/${kiosk.pid}/status`, 'utf8')
	const peakMegabytes = Math.round(Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1024)
	const said = await testigo('status', '--journal', journal, '--uplink', kiosk.uplink, '--json')
	await kiosk.stop()
	await kiosk.expectKept(papers)
	return { milliseconds, peakMegabytes, troubles: troubles(), uplink: JSON.parse(said.out).uplink }
}

test.skipIf(withoutTmpfs !== null)(
	`a kiosk beside a captured uplink records as ever${withoutTmpfs === null ? '' : `: ${withoutTmpfs}`}`,
	async () => {
		const [honest, hostile] = [await run(false), await run(true)]
		for (const [name, { milliseconds, peakMegabytes }] of Object.entries({ honest, hostile })) {
			console.info(`${name}: ${milliseconds.join(', ')} ms a paper, ${peakMegabytes} MB at most`)
		}
		expect(honest).toMatchObject({ troubles: [], uplink: null })
		expect(hostile.troubles.toSorted()).toEqual([...Array(4).fill('line-too-long'), 'too-large'])
		expect(hostile.uplink).toMatchObject({ trouble: expect.stringContaining('too-large') })
		expect(hostile.peakMegabytes - honest.peakMegabytes).toBeLessThan(60)
	},
)
