/**
 * Keeps receipts that came home on a stick in the uplink's directory, which is neither root's nor the kiosk's: where
 * this runs as root, a process of its own does it, that has become the directory's owner before it touches it. It is
 * started before root is given up for the journal's owner, who could not become the uplink any more.
 */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { makeDirectory, replaceFile } from '../platform/files/durable.ts'
import { isOthers } from '../platform/process/give-up-root.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { carriedFile } from '../receipts/carried-receipts.ts'

export type KeepFault = Fault<'receipts-not-kept'>

/** Puts `text` in place of what was carried home before. */
export type KeepReceipts = (text: string) => Promise<Result<true, KeepFault>>

export interface ReceiptsKeeper {
	/** For the identity whose uplink has the directory itself (null), or one of that name in it. */
	keepFor(spare: string | null): KeepReceipts
	/** Lets go of it, whether it kept something or not. */
	end(): void
}

/** To be called while this may still be root; `directory` is the uplink's. */
export async function receiptsKeeper(directory: string): Promise<ReceiptsKeeper> {
	if (process.geteuid?.() === 0 && (await isOthers(directory))) return keeperOfItsOwn(directory)
	return { keepFor: (spare) => (text) => keepReceipts(directoryFor(directory, spare), text), end() {} }
}

export function directoryFor(directory: string, spare: string | null): string {
	return spare === null ? directory : join(directory, spare)
}

export async function keepReceipts(directory: string, text: string): Promise<Result<true, KeepFault>> {
	try {
		await makeDirectory(directory)
		await replaceFile(join(directory, carriedFile), text)
		return ok(true)
	} catch (error) {
		const { code, message } = error as NodeJS.ErrnoException
		if (code === undefined) throw error
		return fail('receipts-not-kept', `${directory}: the receipts could not be kept (${message})`)
	}
}

function keeperOfItsOwn(directory: string): ReceiptsKeeper {
	const script = fileURLToPath(new URL('./receipts-keeper-process.js', import.meta.url))
	const child = spawn(process.execPath, [script, directory], { stdio: ['pipe', 'pipe', 'pipe'] })
	let why = ''
	child.stderr.setEncoding('utf8').on('data', (text: string) => {
		why = `${why}${text}`.slice(0, 1_000)
	})
	// One that has ended by itself must not become an uncaught error.
	child.stdin.on('error', () => {})
	const ended = new Promise<void>((resolve) => {
		child.once('error', () => resolve())
		child.once('close', () => resolve())
	})
	const answers = createInterface(child.stdout)[Symbol.asyncIterator]()
	return {
		keepFor: (spare) => async (text) => {
			child.stdin.write(`${spare ?? ''} ${Buffer.byteLength(text)}\n${text}`)
			const { done } = await answers.next()
			if (done !== true) return ok(true)
			await ended
			return fail('receipts-not-kept', why.trim() || `${directory}: nobody kept them`)
		},
		end: () => child.stdin.destroy(),
	}
}
