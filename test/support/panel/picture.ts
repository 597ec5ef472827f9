/** Pictures of displays: rectangles of one colour, exact to the pixel on every machine. */
import sharp from 'sharp'

export type Colour = readonly [red: number, green: number, blue: number]

export class Picture {
	readonly width: number
	readonly height: number
	/** Row by row, three bytes a pixel. */
	readonly rgb: Uint8Array

	constructor(width: number, height: number, colour: Colour) {
		this.width = width
		this.height = height
		this.rgb = new Uint8Array(width * height * 3)
		this.fill(0, 0, width, height, colour)
	}

	fill(left: number, top: number, width: number, height: number, colour: Colour): void {
		for (let y = top; y < top + height; y++) {
			for (let x = left; x < left + width; x++) this.rgb.set(colour, 3 * (y * this.width + x))
		}
	}

	/** `share` of `colour`, 0 to 1, over what is there. */
	blend(x: number, y: number, colour: Colour, share: number): void {
		const at = 3 * (y * this.width + x)
		colour.forEach((value, channel) => {
			const below = this.rgb[at + channel] ?? 0
			this.rgb[at + channel] = Math.round(below + share * (value - below))
		})
	}

	png(): Promise<Buffer> {
		const raw = { width: this.width, height: this.height, channels: 3 as const }
		return sharp(this.rgb, { raw }).png({ compressionLevel: 9 }).toBuffer()
	}
}
