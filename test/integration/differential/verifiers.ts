/** The three verifiers, each as it ships, asked for one verdict after another. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface, type Interface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { isArchive } from '#src/cli/verify-archive.js'
import { ChromiumPage } from '../../support/chromium.ts'
import { archiveReport } from '../../vectors/archives/reference.ts'
import type { CollectionVector } from '../../vectors/collections.ts'
import type { ObjectVector } from '../../vectors/object-vector.ts'
import { proofFile } from '../../vectors/proofs/rows.ts'
import { referenceCode, referenceFigures, referenceReport, withoutWords } from '../../vectors/reference.ts'
import { vectors } from '../../vectors/vectors.ts'

export type Asked = Pick<ObjectVector, 'kind' | 'by' | 'device' | 'text'>
export type Files = CollectionVector['files']

/** A directory, and where its files lie. */
export interface LaidOut {
	readonly files: Files
	readonly directory: string
	/** Of an archive: that is what is asked for. */
	readonly isRehearsal?: boolean
}

/** Verdicts, in the order in which they were asked for: codes of objects, reports and figures of directories. */
export interface Verifier {
	readonly name: string
	/** It opens them itself; the page is handed what a browser opened. */
	readonly opensFiles: boolean
	codesOf(asked: readonly Asked[]): Promise<unknown[]>
	reportsOf(asked: readonly LaidOut[]): Promise<unknown[]>
	/** With `register.csv` and `election.json` in them; the code where these are refused. */
	figuresOf(asked: readonly LaidOut[]): Promise<unknown[]>
	close(): Promise<void>
}

/** One that shares no code with testigo, and reads the proof of an acta by `keys/` beside it too. */
export interface OtherVerifier extends Verifier {
	proofReportsOf(asked: readonly LaidOut[]): Promise<unknown[]>
}

const at = (path: string) => new URL(`../../../provisioning/verify/${path}`, import.meta.url)

export const ofTestigo: Verifier = {
	name: 'testigo',
	opensFiles: true,
	codesOf: async (asked) => asked.map((one) => orThrown(() => referenceCode(one, vectors.keys))),
	async reportsOf(asked) {
		const reports: unknown[] = []
		for (const one of asked) reports.push(await reportOf(one.directory, one.isRehearsal))
		return reports
	},
	async figuresOf(asked) {
		const figures: unknown[] = []
		for (const { directory } of asked) {
			figures.push(await referenceFigures(directory).catch((error: Error) => `threw ${error.stack}`))
		}
		return figures
	},
	close: async () => {},
}

/** As the command chooses what it is asked of. */
export async function reportOf(directory: string, isRehearsal = false): Promise<unknown> {
	if (await isArchive(directory))
		return archiveReport(directory, { rehearsal: isRehearsal }).catch(
			(error: Error) => `threw ${error.stack}`,
		)
	for (const [kind, name] of [
		['journal', 'entries.jws'],
		['ledger', 'ledger.jws'],
		['transcriptions', 'transcriptions.jws'],
		['rulings', 'rulings.jws'],
	] as const) {
		const isFile = await stat(join(directory, name)).then(
			(seen) => !seen.isDirectory(),
			() => false,
		)
		if (isFile) return referenceReport(kind, directory).catch((error: Error) => `threw ${error.stack}`)
	}
	return { kind: null, whole: false, fault: { code: 'nothing-to-check' } }
}

/** What no verifier may do, told as a verdict that no other gives. */
function orThrown<T>(verdict: () => T): T | string {
	try {
		return verdict()
	} catch (error) {
		return `threw ${(error as Error).stack}`
	}
}

export class PythonVerifier implements OtherVerifier {
	readonly name = 'verify.py'
	readonly opensFiles = true
	readonly #child: ChildProcess
	readonly #lines: Interface

	constructor() {
		const words = [fileURLToPath(new URL('verdicts.py', import.meta.url)), fileURLToPath(at('verify.py'))]
		const child = spawn('python3', words, { stdio: ['pipe', 'pipe', 'inherit'] })
		this.#child = child
		this.#lines = createInterface({ input: child.stdout })
	}

	codesOf(asked: readonly Asked[]): Promise<unknown[]> {
		return this.#answers(
			asked.map(({ kind, by, device = null, text }) => ({ text, kind, by, pem: vectors.keys[by], device })),
		)
	}

	async reportsOf(asked: readonly LaidOut[]): Promise<unknown[]> {
		const questions = asked.map(({ directory, isRehearsal = false }) => ({
			directory,
			rehearsal: isRehearsal,
		}))
		return (await this.#answers(questions)).map(withoutWords)
	}

	async proofReportsOf(asked: readonly LaidOut[]): Promise<unknown[]> {
		const questions = asked.map(({ directory, isRehearsal = false }) => ({
			...{ proof: join(directory, proofFile), keys: join(directory, 'keys') },
			rehearsal: isRehearsal,
		}))
		return (await this.#answers(questions)).map(withoutWords)
	}

	figuresOf(asked: readonly LaidOut[]): Promise<unknown[]> {
		return this.#answers(asked.map(({ directory }) => ({ tally: directory })))
	}

	async close(): Promise<void> {
		const ended = once(this.#child, 'close')
		this.#child.stdin?.end()
		await ended
	}

	#answers(questions: readonly object[]): Promise<unknown[]> {
		return new Promise((resolve, reject) => {
			const answers: unknown[] = []
			const ended = () => reject(new Error('verify.py ended'))
			const take = (line: string) => {
				answers.push(JSON.parse(line))
				if (answers.length < questions.length) return
				this.#lines.off('line', take)
				this.#child.off('close', ended)
				resolve(answers)
			}
			this.#lines.on('line', take)
			this.#child.once('close', ended)
			for (const question of questions) this.#child.stdin?.write(`${JSON.stringify(question)}\n`)
		})
	}
}

/** As a browser opened them. */
const filesOfOne = `new Map(one.files.map(([path, text]) => {
	return [path, new Blob([Uint8Array.from(text, (character) => character.charCodeAt(0))])]
}))`

export class PageVerifier implements OtherVerifier {
	readonly name = 'verify.html'
	readonly opensFiles = false
	readonly #page: ChromiumPage

	private constructor(page: ChromiumPage) {
		this.#page = page
	}

	static async open(): Promise<PageVerifier> {
		return new PageVerifier(await ChromiumPage.open(at('verify.html').href))
	}

	/** Every address that it asked for. */
	get requested(): readonly string[] {
		return this.#page.requested
	}

	async codesOf(asked: readonly Asked[]): Promise<unknown[]> {
		const questions = asked.map(({ kind, by, device, text }) => [text, kind, by, vectors.keys[by], device])
		return this.#answers(
			questions,
			`testigo.openObject(...one).then(() => null, (error) => error.code ?? \`threw \${error.stack}\`)`,
		)
	}

	async reportsOf(asked: readonly LaidOut[]): Promise<unknown[]> {
		const reports = await this.#answers(
			asked.map(({ files, isRehearsal = false }) => ({ files: Object.entries(files), isRehearsal })),
			`testigo.check(${filesOfOne}, { isRehearsal: one.isRehearsal }).catch((error) => \`threw \${error.stack}\`)`,
		)
		return reports.map(withoutWords)
	}

	async proofReportsOf(asked: readonly LaidOut[]): Promise<unknown[]> {
		const reports = await this.#answers(
			asked.map(({ files, isRehearsal = false }) => ({ files: Object.entries(files), isRehearsal })),
			`((files) => testigo.checkProofFile(files.get('${proofFile}'), files, { isRehearsal: one.isRehearsal }))(
				${filesOfOne}).catch((error) => \`threw \${error.stack}\`)`,
		)
		return reports.map(withoutWords)
	}

	figuresOf(asked: readonly LaidOut[]): Promise<unknown[]> {
		return this.#answers(
			asked.map(({ files }) => ({ files: Object.entries(files) })),
			`testigo.tally(${filesOfOne}).then(({ figures }) => figures, (error) => {
				return error.code ?? \`threw \${error.stack}\`
			})`,
		)
	}

	close(): Promise<void> {
		return this.#page.close()
	}

	async #answers(questions: readonly unknown[], answer: string): Promise<unknown[]> {
		const answers = await this.#page.evaluate(`(async () => {
			const answers = []
			for (const one of ${JSON.stringify(questions)}) answers.push(await ${answer})
			return answers
		})()`)
		if (!Array.isArray(answers)) throw new Error('the page gives no list')
		return answers
	}
}
