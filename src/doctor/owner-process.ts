/**
 * Started by `as-owner.ts`, as root: which part, and its configuration, come by standard input. It becomes the owner of
 * the directory, looks at what lies there, and says what it found.
 */
import { text } from 'node:stream/consumers'
import { giveUpRoot } from '../platform/process/give-up-root.ts'
import { type AskedOfOwner, lookAsOwner } from './as-owner.ts'
import { probePublishing } from './publishing-state.ts'

// From the process that has checked it.
const asked: AskedOfOwner = JSON.parse(await text(process.stdin))
const given = await giveUpRoot([asked.part === 'journal' ? asked.config.journal : asked.config.log])
if (given.ok) {
	const seen =
		asked.part === 'journal' ? await lookAsOwner(asked.config) : await probePublishing(asked.config)
	process.stdout.write(JSON.stringify(seen))
} else {
	process.stderr.write(`${given.fault.detail}\n`)
	process.exitCode = 1
}
