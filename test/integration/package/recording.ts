/** The kiosk of a root, started by hand for one paper: what it records goes on from what is there. */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { type RecordedEntry, recordedIn } from '../../support/recorded.ts'
import type { Root } from './root.ts'

const entries = '/var/lib/testigo/journal/entries.jws'
const inbox = '/var/tmp/inbox'
const config = '/var/tmp/kiosk-by-hand.json'

/** Entries as they stand in the journal, in their order. */
export async function recorded(root: Root): Promise<RecordedEntry[]> {
	return recordedIn(await readFile(root.path(entries), 'utf8').catch(() => ''))
}

/** Resolves when start and acta are in the journal and the kiosk has ended; it takes an identity. */
export async function record(root: Root, picture: Uint8Array): Promise<void> {
	const wanted = (await recorded(root)).length + 2
	await mkdir(root.path(inbox), { recursive: true })
	await writeFile(root.path(`${inbox}/${wanted}.png`), picture)
	// By hand it becomes the journal's owner, who takes pictures out of the folder.
	const owned = `[ ! -d /var/lib/testigo/journal ] || chown -R --reference=/var/lib/testigo/journal ${inbox}`
	await root.run('sh', '-c', owned)
	const settings = { camera: { kind: 'folder', directory: inbox }, panel: 'none' }
	await writeFile(root.path(config), JSON.stringify(settings))
	const script = `testigo kiosk --config ${config} & kiosk=$!
until [ "$(cat ${entries} 2>/dev/null | wc -l)" -ge ${wanted} ]; do kill -0 $kiosk || exit 1; sleep 0.2; done
kill $kiosk; wait $kiosk`
	await root.run('sh', '-c', script)
}
