/** What a machine has recorded, and on what it listens. */
import { readdir, readFile, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import { auditJournal } from '#src/audit/journal-audit.js'
import { auditLedger } from '#src/audit/ledger-audit.js'
import type { Mount } from '../../support/mounts.ts'
import { textsIn } from '../../support/recorded.ts'
import { gotten } from '../../support/result.ts'
import type { Machine } from './machine.ts'

/** What the actas of the machine's journal say, in their order. */
export async function actasIn(machine: Machine): Promise<string[]> {
	return textsIn(await readFile(machine.path('/var/lib/testigo/journal/entries.jws'), 'utf8'))
}

/** Sockets of TCP and UDP on which anything waits for others. */
export async function* socketsOf(machine: Pick<Machine, 'run'>) {
	for (const [table, state] of Object.entries({ tcp: '0A', tcp6: '0A', udp: '07', udp6: '07' })) {
		for (const line of (await machine.run('cat', `/proc/net/${table}`)).split('\n').slice(1)) {
			const [, local = '', , is, , , , , , inode = ''] = line.trim().split(/\s+/)
			const [address = '', number = ''] = local.split(':')
			const port = Number.parseInt(number, 16)
			const isOwn = address === '0100007F'
			if (is === state) yield { protocol: table.slice(0, 3), port, inode, isOwn }
		}
	}
}

/** Each as `8883 mosquitto`: the port, whose it is, and before it the address that only this machine reaches. */
export async function listening(machine: Machine): Promise<string[]> {
	const ports = new Set<string>()
	for await (const { port, inode, isOwn } of socketsOf(machine))
		ports.add(`${isOwn ? '127.0.0.1:' : ''}${port} ${await holderOf(inode)}`)
	return [...ports].sort()
}

/** The program that has this socket open; sockets' numbers are the whole kernel's. */
async function holderOf(inode: string): Promise<string> {
	for (const pid of await readdir('/proc')) {
		if (!/^\d+$/.test(pid)) continue
		for (const handle of await readdir(`/proc/${pid}/fd`).catch(() => [])) {
			const open = await readlink(`/proc/${pid}/fd/${handle}`).catch(() => '')
			if (open === `socket:[${inode}]`) return (await readFile(`/proc/${pid}/comm`, 'utf8')).trim()
		}
	}
	return 'unknown'
}

/** Faults of both audits on the disk of a machine that is off. */
export async function faultsOn(disk: Mount): Promise<number> {
	disk.mount()
	try {
		const at = join(disk.path, 'var/lib/testigo')
		const journal = gotten(await auditJournal(join(at, 'journal')))
		return journal.faultCount + gotten(await auditLedger(join(at, 'central'))).faultCount
	} finally {
		await disk.unmount()
	}
}
