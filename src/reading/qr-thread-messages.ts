/** What the reader and its thread say to each other. */
import type { ElectionDefinition } from '../acta/election.ts'
import type { MediaType, ReadingReport } from './reading.ts'

/** Given to the thread at its start. */
export interface QrThreadData {
	readonly election: ElectionDefinition
	readonly decodeSeconds: number
}

/** `null` asks for a sign of life. */
export type Question = Job | null

export interface Job {
	readonly bytes: Uint8Array
	readonly mediaType: MediaType
}

export type QrThreadAnswer =
	| { readonly kind: 'ready' }
	/** A sign of life. */
	| { readonly kind: 'alive' }
	| {
			readonly kind: 'report'
			readonly report: ReadingReport
			/** WebAssembly memory that the thread holds. */
			readonly heapBytes: number
	  }
