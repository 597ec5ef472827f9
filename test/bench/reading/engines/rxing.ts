import { DecodeHintDictionary, DecodeHintTypes, decode_barcode_with_hints } from 'rxing-wasm'
import { timed } from './cpu-time.ts'
import type { Answer, Engine, Frame } from './engine.ts'

/** rxing, ZXing rewritten in Rust, compiled to WebAssembly. */
export class RxingEngine implements Engine {
	async start(): Promise<boolean> {
		return true
	}

	async read({ grey: { plane, width, height } }: Frame): Promise<Answer> {
		const hints = new DecodeHintDictionary()
		hints.set_hint(DecodeHintTypes.PossibleFormats, 'qrcode')
		hints.set_hint(DecodeHintTypes.TryHarder, 'true')
		const { value, ...spent } = timed(() => {
			try {
				const result = decode_barcode_with_hints(plane, width, height, hints, false)
				const text = result.text()
				result.free()
				return [text]
			} catch (error) {
				// It throws a string where there is no code, and an Error where it breaks.
				if (error instanceof Error) throw error
				return []
			}
		})
		hints.free()
		return { texts: value, ...spent }
	}

	async stop(): Promise<void> {}
}
