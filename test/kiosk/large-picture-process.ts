/**
 * Decodes a picture of 36 MP and cuts a public part out of it, in a process that may write no file (setrlimit(2),
 * RLIMIT_FSIZE). Argument: `kept`, or nothing for the control.
 */
import { execFileSync } from 'node:child_process'
import { writeSync } from 'node:fs'
import sharp from 'sharp'
import { cropOf } from '#src/kiosk/recording/public-crop.js'
import { decodeGrey } from '#src/reading/decode-grey.js'
import { keepVipsInMemory } from '#src/reading/vips-memory.js'

const how = process.argv[2]
if (how === 'kept') keepVipsInMemory()
const size = { width: 6000, height: 6000, channels: 3, background: '#888888' } as const
// WebP is decoded as a whole: in memory, or in a file.
const picture = await sharp({ create: size }).webp().toBuffer()
execFileSync('prlimit', ['--pid', String(process.pid), '--fsize=0'])
const grey = await decodeGrey(picture, 'image/webp', 600)
const cut = await cropOf(picture, { x: 0, y: 0, width: 1, height: 0.5 })
writeSync(1, `${JSON.stringify({ decoded: grey.ok, cut: cut.ok })}\n`)
