/** The public log of a booted machine, as its unit publishes it. */
import { readFile } from 'node:fs/promises'
import { until } from '../../support/until.ts'
import type { Machine } from './machine.ts'

const archive = '/var/lib/testigo/archive'
const unit = 'testigo-publish.service'

/** All that the journal has by now is published, and whole by the machine's own verifier; gives how many entries. */
export async function holdPublished(machine: Machine): Promise<number> {
	const journal = await readFile(machine.path('/var/lib/testigo/journal/entries.jws'), 'utf8')
	const leastEntries = journal.split('\n').length - 1
	let entries = 0
	await until(
		async () => {
			const said = await machine.run('testigo', 'verify', archive, '--rehearsal', '--json').catch(() => '{}')
			entries = JSON.parse(said).leaves?.entry ?? 0
			return entries >= leastEntries
		},
		{ timeoutMs: 240_000, everyMs: 1_000, explain: () => `${entries} of ${leastEntries} entries published` },
	)
	await machine.run('testigo', 'verify', archive, '--rehearsal')
	return entries
}

/** What is wrong with how the unit is shut in, or with what the doctor says of it; empty where nothing is. */
export async function faultsOfUnit(machine: Machine): Promise<string[]> {
	const pid = await machine.run('systemctl', 'show', '--value', '--property=MainPID', unit)
	const netOf = (process: string) => machine.run('readlink', `/proc/${process}/ns/net`)
	const faults = (await netOf(pid)) === (await netOf('1')) ? ['it has the network of the machine'] : []
	const status = await readFile(machine.path(`/proc/${pid}/status`), 'utf8')
	if (!/^CapEff:\t0+$/m.test(status)) faults.push('it has capabilities')
	if (!/^NoNewPrivs:\t1$/m.test(status)) faults.push('it may gain privileges')
	const told = await machine.run('sh', '-c', 'testigo doctor --json --language en || true')
	const findings: { part: string; code: string }[] = JSON.parse(told).findings
	const codes = findings.filter(({ part }) => part === 'publish').map(({ code }) => code)
	if (codes.some((code) => code !== 'ok' && code !== 'low') || codes.length !== 1)
		faults.push(`doctor: ${codes.join(' ')}`)
	return faults
}
