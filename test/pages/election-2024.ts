/** The definition of 2024 for the verifiers that share no code with Testigo, from its own; the gate compares them. */
import { presidential2024 } from '#src/acta/presidential-2024.js'

const origin = 'The definition of the election of 2024, as `npm run pages` writes it'
const text = JSON.stringify(presidential2024, null, '\t')

export function election2024ForPython(): string {
	return `"""${origin}."""\nimport json\n\nPRESIDENTIAL_2024 = json.loads('''${text}''')\n`
}

export function election2024ForPage(): string {
	return `/** ${origin}. */\nexport const presidential2024 = JSON.parse(\`${text}\`)\n`
}
