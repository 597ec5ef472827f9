import { readFileSync } from 'node:fs'
import * as z from 'zod'

const Package = z.object({ name: z.string(), version: z.string() })

/** Name and version of this program, e.g. `testigo/0.1.0`, from its package.json. */
export const software = (() => {
	const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')
	const { name, version } = Package.parse(JSON.parse(text))
	return `${name}/${version}`
})()
