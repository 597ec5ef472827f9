import * as z from 'zod'
import { HttpListening } from '../platform/http/listening.ts'

const path = z.string().min(1)

/** The configuration of `testigo board`. */
export const BoardConfig = z.strictObject({
	directory: path
		.default('/var/lib/testigo/central')
		.describe("The centre's: its records, which the board reads and never changes."),
	register: path
		.optional()
		.describe(
			'The canonical register of tables; without it `register.csv` in the directory, where there is one.',
		),
	election: path.optional().describe('A file that defines the election; without it, that of 2024.'),
	tiles: path
		.optional()
		.describe('A map of tiles, `code,name,column,row`; without it that of 2024, for that election.'),
	listen: HttpListening.prefault({}).describe('Where it listens.'),
})
export type BoardConfig = z.infer<typeof BoardConfig>
