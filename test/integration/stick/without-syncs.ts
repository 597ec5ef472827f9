/** For the control: makes this process forget to sync, so that pulling the stick must lose what was called done. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'

/** Also `sync` and `dd` (whose reading past the cache writes the cache out first) do nothing from now on. */
export async function forgetSyncs(folder: string): Promise<void> {
	const handle = await open(folder, 'r')
	const prototype: { sync: () => Promise<void>; datasync: () => Promise<void> } =
		Object.getPrototypeOf(handle)
	await handle.close()
	prototype.sync = async () => {}
	prototype.datasync = async () => {}
	const programs = join(folder, 'programs')
	mkdirSync(programs)
	for (const [name, status] of [
		['sync', 0],
		['dd', 1],
	] as const) {
		writeFileSync(join(programs, name), `#!/bin/sh\nexit ${status}\n`)
		chmodSync(join(programs, name), 0o755)
	}
	process.env['PATH'] = `${programs}:${process.env['PATH']}`
}
