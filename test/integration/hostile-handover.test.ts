/**
 * A captured uplink leaves huge files for the kiosk: a state of 60 MB and 48 MB of receipts without a line feed, or
 * 20 million lines and one receipt over and over. Papers are recorded as beside an honest one, also when the disk is
 * short and the receipts are read from end to end for what may be evicted; the kiosk says once what is wrong with each
 * file, and little of the processor goes into it. How long anything takes depends on what else this machine does.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { publicKeyPem } from '#src/evidence/identity.js'
import { idOfText } from '#src/evidence/jws.js'
import { signReceipt } from '#src/evidence/receipt.js'
import type { Signer } from '#src/evidence/signer.js'
import { DiskKiosk, smallDisk } from '../support/disk-kiosk.ts'
import { Mount, withoutTmpfs } from '../support/mounts.ts'
import { testigo } from '../support/processes.ts'
import { postState, receiptFor } from '../support/receipts.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { makeSigner } from '../support/test-identity.ts'

const megabyte = 1 << 20
const papers = 5

interface Hostile {
	plant(directory: string, device: string, centre: Signer): Promise<void>
	/** What the kiosk says of the files: of those of receipts at the start, and when images are to be evicted. */
	readonly troubles: readonly string[]
}

const hugeFiles: Hostile = {
	async plant(directory) {
		const numbers = '[1,2,3,4,5,6,7,8],'.repeat((60 * megabyte) / 18)
		writeFileSync(join(directory, 'state.json'), `{"v":1,"setAside":[${numbers}0]}`)
		for (const name of ['receipts.jws', 'carried.jws']) {
			writeFileSync(join(directory, name), Buffer.alloc(48 * megabyte, 'A'))
		}
	},
	troubles: [...Array(4).fill('line-too-long'), 'too-large'],
}

const manyLines: Hostile = {
	async plant(directory, device, centre) {
		writeFileSync(join(directory, 'receipts.jws'), Buffer.alloc(40 * megabyte, 'A\n'))
		const refusal = { status: 'rejected', reason: 'x', upto: null } as const
		const { text } = await signReceipt(receiptFor(device, { seq: 1, id: 'A'.repeat(43) }, refusal), centre)
		writeFileSync(join(directory, 'carried.jws'), Buffer.alloc(40 * megabyte, `${text}\n`))
	},
	troubles: Array(2).fill('not-receipts'),
}

interface Run {
	/** Of the processor, by the kiosk's process and its threads (`utime` and `stime`, proc(5)). */
	readonly processorMs: number
	/** Resident at most (`VmHWM`, proc(5)). */
	readonly peakMegabytes: number
	/** What the kiosk said of the uplink's files. */
	readonly troubles: readonly unknown[]
	/** What `testigo status` says of the uplink. */
	readonly uplink: unknown
}

async function run(hostile: Hostile | null): Promise<Run> {
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
	const { id: device } = JSON.parse(readFileSync(join(directory, 'device', 'identity.json'), 'utf8'))
	if (hostile !== null) {
		mkdirSync(kiosk.uplink, { recursive: true })
		await hostile.plant(kiosk.uplink, device, centre)
	}
	await kiosk.start()
	for (let number = 1; number <= papers; number++) {
		if (number === papers) disk.fill('others', megabyte / 4)
		await kiosk.lay()
		if (number === papers) {
			await kiosk.untilShown('DISCO LLENO', 'No ponga más actas')
			disk.remove('others')
		}
		await kiosk.untilRecorded(number)
	}
	const troubles = () =>
		kiosk.events.flatMap(({ event, device, fault }) =>
			event === 'trouble' && device === 'uplink' ? [(fault as { code: string }).code] : [],
		)
	if (hostile !== null) await kiosk.until(() => troubles().length >= hostile.troubles.length)
	const said = await testigo('status', '--journal', journal, '--uplink', kiosk.uplink, '--json')
	if (hostile !== null) {
		// The kiosk looks at the files once for each of these, and believes what is true beside them.
		const entries = readFileSync(join(journal, 'entries.jws'), 'latin1').trimEnd().split('\n')
		for (const [index, entry] of entries.entries()) {
			const position = { seq: index + 1, id: idOfText(entry) }
			const latestReceipt = (await signReceipt(receiptFor(device, position), centre)).text
			await postState(kiosk.uplink, { latestReceipt })
			await kiosk.until(() =>
				kiosk.events.some(({ event, upto }) => event === 'received' && upto === index + 1),
			)
		}
	}
	const { peakMegabytes, processorMs } = usageOf(kiosk.pid)
	await kiosk.stop()
	await kiosk.expectKept(papers)
	return { processorMs, peakMegabytes, troubles: troubles(), uplink: JSON.parse(said.out).uplink }
}

function usageOf(pid: number): Pick<Run, 'peakMegabytes' | 'processorMs'> {
	const status = readFileSync(`/proc/${pid}/status`, 'utf8')
	const peakMegabytes = Math.round(Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1024)
	// From the third field on: the second, the name of the program, may hold anything. Linux counts in 10 ms.
	const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
		.replace(/^.*\) /s, '')
		.split(' ')
	return { peakMegabytes, processorMs: (Number(fields[11]) + Number(fields[12])) * 10 }
}

test.skipIf(withoutTmpfs !== null)(
	`a kiosk beside a captured uplink records as ever${withoutTmpfs === null ? '' : `: ${withoutTmpfs}`}`,
	async () => {
		const [honest, huge, many] = [await run(null), await run(hugeFiles), await run(manyLines)]
		for (const [name, { processorMs, peakMegabytes }] of Object.entries({ honest, huge, many })) {
			console.info(`${name}: ${processorMs} ms of the processor, ${peakMegabytes} MB at most`)
		}
		expect(honest).toMatchObject({ troubles: [], uplink: null })
		expect(huge.uplink).toMatchObject({ trouble: expect.stringContaining('too-large') })
		for (const [hostile, { troubles }] of [
			[huge, hugeFiles],
			[many, manyLines],
		] as const) {
			expect(hostile.troubles.toSorted()).toEqual(troubles)
			expect(hostile.peakMegabytes - honest.peakMegabytes).toBeLessThan(60)
			expect(hostile.processorMs - honest.processorMs).toBeLessThan(1_500)
		}
	},
)
