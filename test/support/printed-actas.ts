import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import sharp from 'sharp'
import { prepareZXingModule, type ReadResult, readBarcodes } from 'zxing-wasm/reader'
import type { Acta } from '#src/acta/payload.js'
import type { Paper } from '#src/simulator/paper/strip.js'

/** The real acta of centre 121202007. */
export const acta: Acta = {
	code: '121202007.01.1.0001',
	centro: '121202007',
	mesa: '01',
	votes: [
		23, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 22, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 18,
		4, 95, 0, 0,
	],
	nullVotes: 0,
	emptyVotes: 0,
}

export const text =
	'121202007.01.1.0001!23,0,0,0,0,0,0,0,0,1,0,0,22,0,0,0,0,0,0,1,0,0,0,0,0,0,0,0,0,0,0,0,0,18,4,95,0,0!0!0'

export const paper: Paper = {
	acta,
	place: {
		state: 'EDO. MERIDA',
		municipality: 'MP. OB. RAMOS DE LORA',
		parish: 'PQ. ELOY PAREDES',
		electors: 230,
	},
	seed: 'paper',
}

/** Reads codes with zxing itself, so that the project's own reader is not what is trusted. */
export async function openQrReader(): Promise<(image: Uint8Array | Buffer) => Promise<ReadResult[]>> {
	const path = createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm')
	const wasmBinary = Uint8Array.from(await readFile(path)).buffer
	await prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true })
	return async (image) => {
		const { data, info } = await sharp(image).extractChannel(0).raw().toBuffer({ resolveWithObject: true })
		const pgm = Buffer.concat([Buffer.from(`P5\n${info.width} ${info.height}\n255\n`), data])
		const results = await readBarcodes(pgm, {
			formats: ['QRCode'],
			textMode: 'Plain',
			tryHarder: true,
			tryDownscale: false,
			tryInvert: false,
		})
		return results.filter((result) => result.isValid)
	}
}
