/**
 * Reads a picture of 48 MP and cuts a public part out of it, in a process that may write no file (setrlimit(2),
 * RLIMIT_FSIZE). Argument: `kept`, or nothing for the control.
 */
import { execFileSync } from 'node:child_process'
import { writeSync } from 'node:fs'
import sharp from 'sharp'
import { presidential2024 } from '#src/acta/presidential-2024.js'
import { cropOf } from '#src/kiosk/public-crop.js'
import { systemClock } from '#src/platform/clock.js'
import { keepPicturesInMemory } from '#src/reading/in-memory.js'
import { QrReader } from '#src/reading/qr-reader.js'

const how = process.argv[2]
if (how === 'kept') keepPicturesInMemory()
const size = { width: 8000, height: 6000, channels: 3, background: '#888888' } as const
// WebP is decoded as a whole: in memory, or in a file.
const picture = await sharp({ create: size }).webp().toBuffer()
execFileSync('prlimit', ['--pid', String(process.pid), '--fsize=0'])
const reader = new QrReader(presidential2024, { deadlineMs: 100_000, clock: systemClock })
await reader.start()
const { reading } = await reader.read(picture)
await reader.stop()
const cut = await cropOf(picture, { x: 0, y: 0, width: 1, height: 0.5 })
const code = reading.kind === 'no-picture' ? reading.fault.code : reading.kind
writeSync(1, `${JSON.stringify({ read: code, cut: cut.ok })}\n`)
