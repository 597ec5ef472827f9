/** A picture decoded to one plane of grey, a byte a pixel. */
export interface Grey {
	/** Row by row from the top left, without gaps. */
	readonly plane: Uint8Array
	readonly width: number
	readonly height: number
}
