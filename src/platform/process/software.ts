import { readFileSync } from 'node:fs'
import * as z from 'zod'

const Build = z.object({ built: z.iso.datetime() })
const Package = z.object({ name: z.string(), version: z.string() })

/** Name and version of this program, e.g. `testigo/0.1.0`, from its package.json. */
export const software = (() => {
	const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')
	const { name, version } = Package.parse(JSON.parse(text))
	return `${name}/${version}`
})()

/**
 * When this program was built, in milliseconds since 1970: a clock that says less is wrong. From `dist/build.json`,
 * which `npm run build` writes; `SOURCE_DATE_EPOCH` sets it for builds that can be repeated.
 */
export const buildTime = (() => {
	const text = readFileSync(new URL('../../build.json', import.meta.url), 'utf8')
	return Date.parse(Build.parse(JSON.parse(text)).built)
})()
