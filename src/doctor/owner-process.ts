/**
 * Started by `as-owner.ts`, as root: the kiosk's configuration comes by standard input. It becomes the owner of the
 * journal's directory, looks at the parts that lie there, and says what it found.
 */
import { text } from 'node:stream/consumers'
import { KioskConfig } from '../kiosk/config/kiosk-config.ts'
import { giveUpRoot } from '../platform/process/give-up-root.ts'
import { lookAsOwner } from './as-owner.ts'

const config = KioskConfig.parse(JSON.parse(await text(process.stdin)))
const given = await giveUpRoot([config.journal])
if (given.ok) process.stdout.write(JSON.stringify(await lookAsOwner(config)))
else {
	process.stderr.write(`${given.fault.detail}\n`)
	process.exitCode = 1
}
