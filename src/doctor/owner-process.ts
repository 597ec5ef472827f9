/**
 * Started by `as-owner.ts`, as root: becomes the owner of the directory in its argument, looks at the parts that lie
 * there, and says what it found. The kiosk's configuration comes by standard input.
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
