/** A program of Go's that reads, verifies and makes logs by golang.org/x/mod/sumdb: `test/integration/log/go`. */
import { execFile, execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execute } from './processes.ts'

const source = fileURLToPath(new URL('../integration/log/go/main.go', import.meta.url))
/** Where Debian puts the sources of packages. */
const goPath = '/usr/share/gocode'

function whyNot(): string | null {
	const lacking = 'skipped, no Go with golang.org/x/mod (apt install golang-go golang-golang-x-mod-dev)'
	if (!existsSync(join(goPath, 'src/golang.org/x/mod/sumdb'))) return lacking
	try {
		execFileSync('go', ['version'], { stdio: 'pipe' })
		return null
	} catch {
		return lacking
	}
}

/** Why tests that need it are skipped; null where it works. */
export const withoutGo = whyNot()

/** What is asked; byte strings as base64. */
export type Question = Readonly<Record<string, unknown>> & { readonly do: string }

export interface Answer {
	readonly good: boolean
	readonly why?: string
	readonly given?: unknown
}

export class GoLogPeer {
	readonly #program: string

	private constructor(program: string) {
		this.#program = program
	}

	/** Builds it in `folder`. */
	static async build(folder: string): Promise<GoLogPeer> {
		const program = join(folder, 'log-peer')
		const env = {
			...process.env,
			...{ GO111MODULE: 'off', GOPATH: goPath, GOFLAGS: '' },
			GOCACHE: process.env['GOCACHE'] ?? join(folder, 'cache'),
		}
		await execute('go', ['build', '-o', program, source], { env })
		return new GoLogPeer(program)
	}

	/** An answer a question, in their order. */
	async ask(questions: readonly Question[]): Promise<Answer[]> {
		const lines = questions.map((question) => `${JSON.stringify(question)}\n`).join('')
		const out = await new Promise<string>((resolve, reject) => {
			const child = execFile(this.#program, { maxBuffer: 1 << 28 }, (error, said) =>
				error === null ? resolve(said) : reject(error),
			)
			child.stdin?.end(lines)
		})
		const answers = out
			.split('\n')
			.filter(Boolean)
			.map((line): Answer => JSON.parse(line))
		if (answers.length !== questions.length)
			throw new Error(`${answers.length} answers of ${questions.length}`)
		return answers
	}

	async one(question: Question): Promise<Answer> {
		const [answer] = await this.ask([question])
		if (answer === undefined) throw new Error('no answer')
		return answer
	}
}
