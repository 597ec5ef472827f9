/** What commit 25d872f made (see `test/vectors/25d872f`) opens, is said to be the same, and goes on. */
import {
	chmodSync,
	copyFileSync,
	cpSync,
	readdirSync,
	readFileSync,
	renameSync,
	writeFileSync,
} from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { EmbeddedBroker } from '#src/simulator/embedded-broker.js'
import { MachineHere } from '../support/machine-here.ts'
import { execute } from '../support/processes.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const kept = fileURLToPath(new URL('../vectors/25d872f', import.meta.url))

const verifier = fileURLToPath(new URL('../../provisioning/verify/verify.py', import.meta.url))

const device = 'k-psnellst5t'

/** A copy to go on with; a repository does not keep that keys are their owner's alone. */
async function copied(): Promise<MachineHere> {
	const folder = await temporaryFolder()
	cpSync(kept, folder, { recursive: true })
	for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }))
		if (/key(\.pem)?$/.test(name)) chmodSync(join(folder, name), 0o600)
	return new MachineHere(folder)
}

const said = JSON.parse(readFileSync(join(kept, 'said.json'), 'utf8'))

test('every verifier, status, tally and authority say what they said then', async () => {
	const machine = await copied()
	const says = async (...words: string[]) => JSON.parse((await machine.gets(...words, '--json')).join('\n'))
	expect(await says('verify', 'kiosk/journal', '--root', 'ca/root.pem')).toMatchObject(said.journal)
	expect(await says('verify', `stick/testigo/${device}`)).toMatchObject(said.stick)
	expect(await says('verify', 'centre/central')).toMatchObject(said.ledger)
	expect(await says('tally', 'centre/central')).toMatchObject(said.tally)
	const kiosk = ['--journal', 'kiosk/journal', '--identity', 'kiosk/identity', '--uplink', 'kiosk/uplink']
	// The one thing that it says otherwise: nothing shows minutes of entries any more.
	const oldestWaiting = said.status.oldestWaiting.slice(0, 10)
	expect(await says('status', ...kiosk)).toMatchObject({ ...said.status, oldestWaiting })
	expect(await says('ca', 'list', '--dir', 'ca')).toMatchObject(said.authority)
	for (const records of ['kiosk/journal', `stick/testigo/${device}`, 'centre/central']) {
		const { stdout } = await execute('python3', [verifier, machine.path(records)])
		expect(stdout).toMatch(/^WHOLE\n/)
	}
})

test('the stick is taken in by the ledger, the kiosk records on, and all of it is received', async () => {
	const machine = await copied()
	const taken = await machine.gets(
		...['import', 'stick', '--identity', 'centre/identity', '--directory', 'centre/central', '--json'],
	)
	expect(JSON.parse(taken.join('\n'))).toMatchObject({
		chains: [{ devices: [device], duplicates: 4, stored: 6 }],
	})

	await machine.gets('simulate', '--out', 'papers', '--count', '1', '--seed', 'later')
	const [paper = ''] = readdirSync(machine.path('papers')).filter((name) => name.endsWith('.jpg'))
	await mkdir(machine.path('inbox'))
	writeFileSync(machine.path('kiosk.json'), JSON.stringify({ custodians: [custodian()] }))
	const at = (name: string) => machine.path(`kiosk/${name}`)
	const centre = ['--root', at('identity/root.pem'), '--centre-key', at('identity/centre.pem')]
	const kiosk = machine.starts(
		...['kiosk', '--config', machine.path('kiosk.json'), '--identity', at('identity'), ...centre],
		...['--journal', at('journal'), '--state', at('kiosk.json'), '--uplink', at('uplink')],
		...['--inbox', machine.path('inbox'), '--panel', 'none', '--button', 'none', '--glance', '0'],
	)
	await kiosk.heard(({ event }) => event === 'started')
	const recorded = kiosk.heard(({ event, seq }) => event === 'recorded' && seq === 12)
	copyFileSync(machine.path(join('papers', paper)), machine.path('inbox/.coming'))
	renameSync(machine.path('inbox/.coming'), machine.path('inbox/paper.jpg'))
	await recorded

	const broker = new EmbeddedBroker()
	await broker.start()
	onTestFinished(() => broker.stop())
	const connection = ['--broker', broker.url, '--protocol', '3.1.1']
	const received = kiosk.heard(({ event, upto }) => event === 'received' && upto === 12)
	const central = machine.starts(
		...['central', '--identity', machine.path('centre/identity')],
		...['--directory', machine.path('centre/central'), ...connection],
	)
	await central.heard(({ event }) => event === 'connected')
	const uplink = machine.starts(
		...['uplink', '--journal', at('journal'), '--directory', at('uplink'), ...centre, ...connection],
	)
	await uplink.heard(({ event, complete }) => event === 'complete' && complete === 12)
	await received
	for (const process of [uplink, central, kiosk]) {
		await process.stop()
		expect(process.status).toBe(0)
	}

	const before = readFileSync(join(kept, 'kiosk/journal/entries.jws'), 'utf8')
	expect(readFileSync(at('journal/entries.jws'), 'utf8').startsWith(before)).toBe(true)
	for (const records of ['kiosk/journal', 'centre/central']) {
		const { out, status } = await machine.types('verify', records, '--json')
		expect({ status, ...JSON.parse(out) }).toMatchObject({ status: 0, entries: 12, whole: true })
		const { stdout } = await execute('python3', [verifier, machine.path(records)])
		expect(stdout).toMatch(/^WHOLE\n/)
	}
	// 4 actas and the new one, of which one is void and one has no reading.
	const [tally = ''] = await machine.gets('tally', 'centre/central', '--json')
	expect(JSON.parse(tally)).toMatchObject({ tables: 3, conflicts: [], voided: 1 })
})

test('a ledger that was cut after it was marked: import says so on the screen, and does not end well', async () => {
	const machine = await copied()
	const importing = ['import', 'stick', '--identity', 'centre/identity', '--directory', 'centre/central']
	await machine.gets(...importing)
	const ledger = machine.path('centre/central/ledger.jws')
	const lines = readFileSync(ledger, 'utf8').split('\n')
	writeFileSync(ledger, `${lines.slice(0, -2).join('\n')}\n`)
	expect(await machine.types(...importing)).toMatchObject({
		status: 1,
		out: expect.stringContaining('LEDGER CUT'),
	})
})

test('the authority goes on: another registry, another kiosk under the same root', async () => {
	const machine = await copied()
	expect(await machine.gets('ca', 'registry', '--dir', 'ca')).not.toEqual([])
	const [id = '', , , words = ''] = await machine.gets('enrol', 'request', '--dir', 'later')
	const signing = ['ca', 'sign', 'later/request.txt', '--dir', 'ca', '--words', words]
	await machine.gets(...signing, '--out', 'response')
	const [rootWords = ''] = await machine.gets('ca', 'words', '--dir', 'ca')
	const installed = await machine.gets(
		...['enrol', 'install', 'response', '--dir', 'later', '--root-words', rootWords],
	)
	expect(installed[0]).toBe(id)
})

function custodian(): string {
	return /age1[0-9a-z]+/.exec(readFileSync(join(kept, 'custodian.key'), 'utf8'))?.[0] ?? ''
}
