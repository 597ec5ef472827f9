/**
 * What lies in the journal's directory is looked at by its owner: root, who looks at the devices, could be led by a
 * name there to any file. So a process of its own does it, where this is root and the directory somebody else's.
 */
import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { KioskConfig } from '../kiosk/config/kiosk-config.ts'
import { isOthers } from '../platform/process/give-up-root.ts'
import { fail, ok, type Result } from '../platform/result.ts'
import { type JournalState, probeJournal } from './journal.ts'
import { probeStorage, type StorageState } from './storage.ts'

export interface OwnersLook {
	readonly journal: JournalState
	readonly storage: Result<StorageState>
}

export async function lookAsOwner(config: KioskConfig): Promise<OwnersLook> {
	const storage = await probeStorage(config.journal).then(ok, (error: NodeJS.ErrnoException) => {
		if (error.code === undefined) throw error
		return fail('not-seen', error.message)
	})
	return { journal: await probeJournal(config), storage }
}

export async function lookAtJournal(config: KioskConfig): Promise<Result<OwnersLook>> {
	if (process.geteuid?.() !== 0 || !(await isOthers(config.journal))) return ok(await lookAsOwner(config))
	const script = fileURLToPath(new URL('./owner-process.js', import.meta.url))
	const child = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'pipe'] })
	child.stdin.on('error', () => {})
	child.stdin.end(JSON.stringify(config))
	const ended = new Promise<number | null>((resolve) => {
		child.once('error', () => resolve(null))
		child.once('close', resolve)
	})
	const [said, why, status] = await Promise.all([text(child.stdout), text(child.stderr), ended])
	if (status === 0) return ok(JSON.parse(said))
	const [line = ''] = why.trim().split('\n')
	return fail('not-seen', `${config.journal}: ${line || 'could not be looked at by its owner'}`)
}
