/** The other side of `ActaPrinter`. */
import { parentPort, workerData } from 'node:worker_threads'
import type { ElectionDefinition } from '../acta/election.ts'
import type { PrintAnswer, PrintOrder } from './acta-printer.ts'
import { openPress } from './paper/strip.ts'
import { photographActa } from './photograph/photograph.ts'
import { drawPhotograph } from './photograph/severity.ts'

const port = parentPort
if (port === null) throw new Error('this file runs as a worker thread of ActaPrinter')
const election = workerData as ElectionDefinition
const press = await openPress()
let last: Promise<void> = Promise.resolve()

port.on('message', ({ number, order }: { number: number; order: PrintOrder }) => {
	last = last.then(async () => {
		let answer: PrintAnswer
		try {
			const { severity, seed, megapixels, view, overrides } = order
			const photograph = { ...drawPhotograph(severity, seed, megapixels, view), ...overrides }
			const jpeg = await photographActa(press, order.paper, election, photograph, order.neighbours)
			answer = { number, print: { jpeg, photograph } }
		} catch (error) {
			answer = { number, error: error instanceof Error ? error.message : String(error) }
		}
		port.postMessage(answer)
	})
})
