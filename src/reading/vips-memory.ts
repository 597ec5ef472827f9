/** Bytes of a decoded picture: `mostPixels` with four channels of 16 bits are 400 MB. */
const thresholdBytes = '1g'

/**
 * Keeps libvips from writing large pictures, decoded, into the folder for temporary files, which may lie on a disk
 * (libvips, "How it opens files": over 100 MB unless VIPS_DISC_THRESHOLD says otherwise; seen with WebP of
 * 36 MP). Holds for the whole process, and is to be called before the first picture is opened.
 */
export function keepVipsInMemory(): void {
	process.env['VIPS_DISC_THRESHOLD'] = thresholdBytes
}
