/**
 * What kind of file some bytes are, by their first bytes and never by a name. Only four kinds go on to a
 * decoder: what document scanners and cameras write, decoded by libraries that are fuzzed daily. The rest is
 * turned away here by name, so that a volunteer knows what to change on the scanner.
 */
import { type Fault, fail, ok, type Result } from '../platform/result.ts'

export type MediaType = 'image/jpeg' | 'image/png' | 'image/webp' | 'image/tiff'

/**
 * `damaged` includes a picture cut short of which the decoder would still give a part: the picture is the
 * evidence, and half of it is not. `timed-out`: no answer within the deadline, or the reading thread died.
 */
export type PictureFault = Fault<
	'empty-file' | 'not-an-image' | 'unsupported' | 'damaged' | 'too-many-pixels' | 'timed-out'
>

interface Signature {
	/** Where it stands, in bytes from the start. */
	readonly at: number
	readonly hex: string
}

const read: readonly (Signature & { readonly mediaType: MediaType })[] = [
	{ at: 0, hex: 'ffd8ff', mediaType: 'image/jpeg' },
	{ at: 0, hex: '89504e470d0a1a0a', mediaType: 'image/png' },
	{ at: 8, hex: '57454250', mediaType: 'image/webp' },
	// TIFF 6.0 section 2, either byte order; then BigTIFF.
	{ at: 0, hex: '49492a00', mediaType: 'image/tiff' },
	{ at: 0, hex: '4d4d002a', mediaType: 'image/tiff' },
	{ at: 0, hex: '49492b00', mediaType: 'image/tiff' },
	{ at: 0, hex: '4d4d002b', mediaType: 'image/tiff' },
]

const known: readonly (Signature & { readonly name: string })[] = [
	{ at: 0, hex: '47494638', name: 'a GIF' },
	{ at: 0, hex: '255044462d', name: 'a PDF' },
	{ at: 4, hex: '6674797061766966', name: 'an AVIF' },
	{ at: 4, hex: '66747970', name: 'a HEIF or a video' },
	{ at: 0, hex: 'ff0a', name: 'a JPEG XL' },
	{ at: 0, hex: '0000000c4a584c20', name: 'a JPEG XL' },
	{ at: 0, hex: '0000000c6a502020', name: 'a JPEG 2000' },
	{ at: 0, hex: '504b0304', name: 'a ZIP or an office document' },
	{ at: 0, hex: '424d', name: 'a BMP' },
]

export function sniffMediaType(bytes: Uint8Array): Result<MediaType, PictureFault> {
	if (bytes.length === 0) return fail('empty-file', 'the file is empty')
	const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 512))
	const stands = ({ at, hex }: Signature) => head.subarray(at, at + hex.length / 2).toString('hex') === hex

	const mediaType = read.find(stands)?.mediaType
	if (mediaType !== undefined) return ok(mediaType)

	const isText = head.every((byte) => byte >= 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d)
	const name = isText && /<svg[\s>]/i.test(head.toString('latin1')) ? 'an SVG' : known.find(stands)?.name
	const must = 'pictures are read as JPEG, PNG, WebP or TIFF'
	if (name !== undefined) return fail('unsupported', `the file is ${name}; ${must}`)
	return fail('not-an-image', `the file is ${isText ? 'text' : 'no picture of a known kind'}; ${must}`)
}
