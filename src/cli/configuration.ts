/** One validated configuration for each process: defaults, then its file, then the flags. */
import { existsSync } from 'node:fs'
import * as z from 'zod'
import { faultsOf, readJsonFile } from '../platform/json-file.ts'
import { exit, Refusal } from './exit.ts'

/** Settings by name, nested as in the file; what is undefined was not given. */
export interface Flags {
	readonly [name: string]: string | number | boolean | Flags | undefined
}

/**
 * Reads `file`, or `usual` where that exists, lays `flags` over it and validates the whole. Throws a Refusal
 * that lists every fault, each with its path.
 */
export async function configure<T>(
	schema: z.ZodType<T>,
	{ file, usual, flags }: { file: string | undefined; usual: string; flags: Flags },
): Promise<T> {
	const path = file ?? (existsSync(usual) ? usual : undefined)
	let settings: Record<string, unknown> = {}
	if (path !== undefined) {
		const read = await readJsonFile(path, z.record(z.string(), z.unknown()))
		if (!read.ok) throw new Refusal(exit.usedWrongly, `configuration: ${read.fault.detail}`)
		settings = read.value
	}
	const checked = schema.safeParse(overlay(settings, flags))
	if (checked.success) return checked.data
	const faults = faultsOf(checked.error).map((fault) => `\n  ${fault}`)
	throw new Refusal(
		exit.usedWrongly,
		`configuration${path === undefined ? '' : ` ${path}`}:${faults.join('')}`,
	)
}

function overlay(settings: Record<string, unknown>, flags: Flags): Record<string, unknown> {
	const result = { ...settings }
	for (const [name, value] of Object.entries(flags)) {
		if (value === undefined) continue
		const below = result[name]
		if (typeof value !== 'object') result[name] = value
		else if (Object.values(value).some((inner) => inner !== undefined)) {
			result[name] = overlay(isRecord(below) ? below : {}, value)
		}
	}
	return result
}

function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value)
}
