/** JSON files that people write or carry: configuration, election definitions, identities. */
import type * as z from 'zod'
import { type Fault, fail, ok, type Result } from '../result.ts'
import { parseJson } from '../strict-json.ts'
import { type CappedFileFault, readCapped } from './capped-file.ts'

type JsonFileCode = CappedFileFault['code'] | 'not-json' | 'invalid'

/** `detail` names the file and every fault; `faults` has them one by one, as `path: message`. */
export interface JsonFileFault extends Fault<JsonFileCode> {
	readonly faults: readonly string[]
}

/** Bytes; far over any configuration, far under what could hurt. */
const defaultCapBytes = 1024 * 1024

/**
 * Reads a file and everything that is wrong with it. The JSON is strict (`parseJson`): a key that stands
 * twice is a fault, since nobody can know which of the two was meant.
 */
export async function readJsonFile<T>(
	path: string,
	schema: z.ZodType<T>,
	{ cap = defaultCapBytes }: { readonly cap?: number } = {},
): Promise<Result<T, JsonFileFault>> {
	const refuse = (code: JsonFileCode, ...faults: string[]): Result<never, JsonFileFault> => {
		const { ok, fault } = fail(code, `${path}: ${faults.join('; ')}`)
		return { ok, fault: { ...fault, faults } }
	}
	const bytes = await readCapped(path, cap)
	if (!bytes.ok) return refuse(bytes.fault.code, bytes.fault.detail)
	const json = parseJson(bytes.value)
	if (!json.ok) return refuse('not-json', json.fault.detail)
	const read = schema.safeParse(json.value)
	if (read.success) return ok(read.data)
	return refuse('invalid', ...faultsOf(read.error))
}

/** Every fault that a schema found, as `path: message`. */
export function faultsOf(error: z.core.$ZodError): string[] {
	return error.issues.flatMap(explain)
}

/** The path as a person would write it: `cards[3].candidate`. */
function explain(issue: z.core.$ZodIssue): string[] {
	const path = issue.path
		.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
		.join('')
		.replace(/^\./, '')
	if (issue.code === 'unrecognized_keys') {
		return issue.keys.map((key) => `${path === '' ? key : `${path}.${key}`}: no such setting`)
	}
	return [`${path === '' ? 'the whole' : path}: ${issue.message}`]
}
