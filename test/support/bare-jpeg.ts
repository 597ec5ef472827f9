/** By its markers a JPEG, and nothing else; nobody could see anything in it. `text` is ASCII. */
export function bareJpeg(text: string): Buffer {
	return Buffer.concat([Buffer.of(0xff, 0xd8, 0xff, 0xda, 0, 2), Buffer.from(text), Buffer.of(0xff, 0xd9)])
}
