/**
 * Kiosk and uplink each in a network namespace with nothing in it: they start, a paper is recorded, and no socket of
 * theirs waits for anybody. All that /proc says of such a namespace is of the one process in it.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { Stations } from '../support/stations.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const alone = ['unshare', '--net']
const works = spawnSync('unshare', ['--net', 'true']).status === 0
const reason = works ? null : 'skipped, no network namespaces (root, and apt install util-linux)'
const title = 'without a network, and nothing listens'

/** Of TCP those that listen; of the others, which nobody has to call, any at all. */
function openDoors(pid: number): string[] {
	return ['tcp', 'tcp6', 'udp', 'udp6', 'udplite', 'udplite6', 'raw', 'raw6', 'packet'].flatMap((kind) => {
		const lines = readTable(pid, kind).slice(1)
		const open = kind.startsWith('tcp') ? lines.filter((line) => line.trim().split(/\s+/)[3] === '0A') : lines
		return open.map((line) => `${kind}: ${line.trim()}`)
	})
}

/** Empty where this kernel has not that kind of socket. */
function readTable(pid: number, kind: string): string[] {
	try {
		return readFileSync(`/proc/${pid}/net/${kind}`, 'utf8').trimEnd().split('\n')
	} catch {
		return []
	}
}

const end = { timeout: 60_000, interval: 100 }

describe.skipIf(reason !== null)(reason === null ? title : `${title}: ${reason}`, () => {
	test('kiosk and uplink start, and a paper is recorded', { timeout: 180_000 }, async () => {
		const stations = new Stations(await temporaryFolder())
		onTestFinished(() => stations.stop())
		await stations.enrol()
		await stations.start('kiosk', alone)
		await stations.start('uplink', alone)
		await vi.waitUntil(() => stations.log('kiosk').includes('"event":"started"'), end)
		await stations.layActas(1)
		await vi.waitUntil(() => stations.log('kiosk').includes('"event":"recorded"'), end)
		// It has tried the broker, so its sockets are those of every day.
		await vi.waitUntil(() => stations.log('uplink').includes('"event":"disconnected"'), end)
		for (const name of ['kiosk', 'uplink'] as const) {
			const pid = stations.pid(name)
			expect(readTable(pid, 'tcp').length, 'its tables can be read').toBeGreaterThan(0)
			expect(openDoors(pid), name).toEqual([])
		}
	})

	test('a process that listens is found', { timeout: 60_000 }, async () => {
		const server = "require('net').createServer().listen(1883, () => console.log('listens'))"
		const child = spawn('unshare', ['--net', process.execPath, '-e', server], {
			stdio: ['ignore', 'pipe', 'inherit'],
		})
		try {
			await once(child.stdout, 'data')
			expect(openDoors(child.pid ?? 0)).toEqual([expect.stringMatching(/^tcp6?: /)])
		} finally {
			child.kill('SIGKILL')
			await once(child, 'exit')
		}
	})
})
