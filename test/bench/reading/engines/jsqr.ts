import { createRequire } from 'node:module'
import type jsQR from 'jsqr'
import { timed } from './cpu-time.ts'
import type { Answer, Engine, Frame } from './engine.ts'
import { rgbaOf } from './rgba.ts'

/** Pixels. */
const largePicture = 2_000_000

/** jsQR, pure JavaScript. It wants colour, made before the clock starts. */
export class JsqrEngine implements Engine {
	#read: typeof jsQR.default | undefined

	async start(): Promise<boolean> {
		this.#read = createRequire(import.meta.url)('jsqr')
		return true
	}

	async read({ grey }: Frame): Promise<Answer> {
		const read = this.#read
		if (read === undefined) throw new Error('not started')
		const rgba = rgbaOf(grey)
		// By default it also tries the inverse, as life may need; an acta never is that, and it takes twice the time.
		const inversionAttempts = grey.plane.length > largePicture ? 'dontInvert' : 'attemptBoth'
		const { value, ...spent } = timed(() => read(rgba, grey.width, grey.height, { inversionAttempts }))
		return { texts: value === null || value.data === '' ? [] : [value.data], ...spent }
	}

	async stop(): Promise<void> {}
}
