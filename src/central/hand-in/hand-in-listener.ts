/**
 * Lets `testigo import` hand in what a stick brought, while the centre runs: by a socket in a folder of the centre's
 * directory. One process writes a ledger; this is how another one asks it to.
 *
 * Why a socket, where Testigo's processes else share files: the other way was a folder into which an import copies the
 * stick, and out of which the centre takes. It was weighed by what can go wrong:
 * - power cut, kill, pulled stick: a folder holds what was copied halfway, whose it is and how far it was taken must be
 *   written down durably, found again and cleared, and a report can be of an import before. Here nothing is kept
 *   between the two: what the centre has answered is synced in ledger and image store, as for a message of the
 *   broker's; what it has not is on the stick still, and the next import brings it, once. Whoever dies, the kernel
 *   tells the other at once.
 * - full disk: a folder takes every picture twice, also those that the centre holds or would refuse. Here a picture is
 *   read only when its entry was taken and it is missing, and piece by piece; quotas are asked before.
 * - hostile peer: both come from who may be the centre's user. A folder's names, links, sizes and owners would all have
 *   to be judged; a stream is parsed by one reader with two caps.
 * - permissions: the folder around the socket is open to the centre's user alone, as the ledger is; an import is that
 *   user, or root, who becomes it. The unit's sandbox needs nothing more.
 *
 * INVARIANTS
 * - Only who holds the ledger's lock listens; a socket that a killed centre left is taken away by the next.
 * - Devices come first: what bearers of sticks hand in has its turns beside them (`admission/bearers-turns.ts`).
 * - Where nothing can listen, the centre goes on without, and says so.
 */
import { chmod, rm } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { makeOwnFolder } from '../../platform/files/own-folder.ts'
import { holdDirectory, type PlainFile } from '../../platform/files/plain-file.ts'
import { type Fault, fail } from '../../platform/result.ts'
import type { BearersTurns } from '../admission/bearers-turns.ts'
import type { CentralLog } from '../events.ts'
import { frameOf } from './frames.ts'
import type { HandIn } from './hand-in.ts'
import { HandInSession } from './hand-in-session.ts'
import { handInFolder, socketIn } from './hand-in-socket.ts'
import { handInVersion } from './messages.ts'

/** Bearers at one time: people with sticks at one machine. */
export const mostBearers = 4

/** Milliseconds of silence after which a bearer is gone: a stick that is slow to read is slow for seconds. */
const silentAfterMs = 300_000

export interface HandInListenerParts {
	/** The centre's. */
	readonly directory: string
	readonly hand: HandIn
	readonly turns: BearersTurns
	readonly log: CentralLog
	readonly silentMs?: number
}

export class HandInListener {
	readonly #parts: HandInListenerParts
	/** By number; each session ends by itself once its socket is gone. */
	readonly #sessions = new Map<number, { readonly socket: Socket; readonly ended: Promise<void> }>()
	#folder: PlainFile | undefined
	#server: Server | undefined
	#count = 0
	#stopped = false

	constructor(parts: HandInListenerParts) {
		this.#parts = parts
	}

	async start(): Promise<void> {
		const { directory, log } = this.#parts
		try {
			const path = await makeOwnFolder(directory, handInFolder)
			await chmod(path, 0o700)
			const held = await holdDirectory(path)
			if (!held.ok) throw new Error(held.fault.detail)
			this.#folder = held.value
			const socket = socketIn(held.value)
			await rm(socket, { force: true })
			this.#server = await listening(socket, (peer) => this.#greet(peer))
		} catch (error) {
			const detail = `${directory}: ${error instanceof Error ? error.message : String(error)}`
			log({ event: 'import-closed', fault: fail('no-socket', detail).fault })
		}
		if (this.#stopped) await this.stop()
	}

	/** Ends the sessions; what they began is finished. */
	async stop(): Promise<void> {
		this.#stopped = true
		const server = this.#server
		const closed = server && new Promise((resolve) => server.close(resolve))
		for (const { socket } of this.#sessions.values()) socket.destroy()
		await Promise.all(Array.from(this.#sessions.values(), ({ ended }) => ended))
		await closed
		this.#server = undefined
		await this.#folder?.handle.close()
		this.#folder = undefined
	}

	#greet(socket: Socket): void {
		if (this.#sessions.size >= mostBearers) {
			const fault = fail('busy', `${mostBearers} imports are at work; wait for one to end`).fault
			socket.on('error', () => {})
			socket.end(frameOf({ v: handInVersion, fault }))
			socket.destroySoon()
			return
		}
		const number = ++this.#count
		const ended = this.#serve(number, socket).finally(() => this.#sessions.delete(number))
		this.#sessions.set(number, { socket, ended })
	}

	async #serve(number: number, socket: Socket): Promise<void> {
		const { hand, turns, log, silentMs = silentAfterMs } = this.#parts
		log({ event: 'import-begun', number })
		const session = new HandInSession({
			...{ socket, hand, silentMs },
			turn: (payload, work) => turns.turn(String(number), payload, work),
		})
		const fault: Fault | null = await session.run()
		if (fault !== null) log({ event: 'import-refused', number, fault })
		log({ event: 'import-ended', number, taken: session.asked })
	}
}

function listening(path: string, greet: (socket: Socket) => void): Promise<Server> {
	const server = createServer(greet)
	return new Promise((resolve, reject) => {
		server.once('error', reject)
		server.listen(path, () => {
			server.off('error', reject)
			// A peer that can't be accepted is that peer's loss.
			server.on('error', () => {})
			resolve(server)
		})
	})
}
