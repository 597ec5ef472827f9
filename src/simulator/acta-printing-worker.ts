/** The other side of `ActaPrinter`. */
import { workerData } from 'node:worker_threads'
import { Mutex } from 'async-mutex'
import type { ElectionDefinition } from '../acta/election.ts'
import { answerRequests } from '../platform/process/worker-client.ts'
import type { PrintAnswer, PrintOrder } from './acta-printer.ts'
import { openStripPrinter } from './paper/strip.ts'
import { photographActa } from './photograph/photograph.ts'
import { drawPhotograph } from './photograph/severity.ts'

const election = workerData as ElectionDefinition
const press = await openStripPrinter()
const printing = new Mutex()

async function print({ paper, neighbours, ...order }: PrintOrder): Promise<PrintAnswer> {
	try {
		const { severity, seed, megapixels, view, overrides } = order
		const photograph = { ...drawPhotograph(severity, seed, megapixels, view), ...overrides }
		return {
			print: { jpeg: await photographActa(press, paper, election, photograph, neighbours), photograph },
		}
	} catch (error) {
		return { error: error instanceof Error ? error.message : String(error) }
	}
}

answerRequests<PrintOrder, PrintAnswer>((order) => printing.runExclusive(() => print(order)))
