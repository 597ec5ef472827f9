/** A board in this process, as `testigo board` runs one for this machine alone; whoever starts it stops it. */
import { join } from 'node:path'
import { presidential2024 } from '#src/acta/presidential-2024.js'
import { Board } from '#src/board/board.js'
import { HttpListening } from '#src/platform/http/listening.js'
import { gotten } from './result.ts'

type Settings = ConstructorParameters<typeof Board>[0]

export async function startedBoard(
	directory: string,
	{
		clock,
		tiles = [],
		secrets = { tls: null, passPhrase: null },
		log = () => {},
	}: Pick<Settings, 'clock'> & Partial<Pick<Settings, 'tiles' | 'secrets' | 'log'>>,
): Promise<{ readonly board: Board; readonly url: string }> {
	const board = new Board({
		...{ directory, registerPath: join(directory, 'register.csv') },
		...{ election: presidential2024, tiles, clock, secrets, log },
		listening: HttpListening.parse({ port: 0 }),
	})
	return { board, url: gotten(await board.start()) }
}
