/**
 * An entry that the disk does not hold for certain has not left the machine: after a power cut its number would
 * be given to another, and the centre would hold both as proof of a cloned device.
 */
import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { inDirectory } from '../support/in-directory.ts'
import { JournalMaker } from '../support/journal-maker.js'
import { withoutStrace } from '../support/strace.ts'
import { makeSigner } from '../support/test-identity.ts'

const script = `
	const { JournalFollower } = await import(${JSON.stringify(import.meta.resolve('#src/uplink/queue/journal-follower.js'))})
	const { systemClock } = await import(${JSON.stringify(import.meta.resolve('#src/platform/clock.js'))})
	const told = []
	const follower = new JournalFollower({
		journal: process.argv[1],
		clock: systemClock,
		pollMs: 1000,
		grew: (last) => told.push(last),
		failed: ({ code }) => told.push(code),
	})
	await follower.start()
	await follower.stop()
	console.log(JSON.stringify({ told, last: follower.last }))`

async function followed(journal: string, ...syncs: string[]): Promise<unknown> {
	const node = [process.execPath, '--input-type=module', '-e', script, journal]
	const child = spawn('strace', ['-f', '-o', '/dev/null', '-e', 'trace=fdatasync', ...syncs, ...node], {
		stdio: ['ignore', 'pipe', 'inherit'],
	})
	return JSON.parse(await text(child.stdout))
}

const title = 'an uplink syncs what it finds in the journal before it tells of it'
if (withoutStrace !== null) {
	test.skip(`${title}: ${withoutStrace}`, () => {})
} else {
	test(title, { timeout: 240_000 }, () =>
		inDirectory(async (directory) => {
			const journal = new JournalMaker(directory, makeSigner('kiosk-1'))
			await journal.boot()
			await journal.boot()
			expect(await followed(directory, '-e', 'inject=fdatasync:error=EIO')).toEqual({
				told: ['unreadable'],
				last: 0,
			})
			expect(await followed(directory)).toEqual({ told: [2], last: 2 })
		}),
	)
}
