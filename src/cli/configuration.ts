/** One validated configuration for each process: defaults, then its file, then the flags. */
import { existsSync } from 'node:fs'
import * as z from 'zod'
import { inForce } from '../platform/files/change-set.ts'
import { faultsOf, type JsonFileFault, readJsonFile } from '../platform/files/json-file.ts'
import { ok, type Result } from '../platform/result.ts'
import { CommandRefused, exit } from './exit.ts'

/** Settings by name, nested as in the file; what is undefined was not given. */
interface Flags {
	readonly [name: string]: string | number | boolean | Flags | undefined
}

/** Where settings come from. */
interface Sources {
	readonly file: string | undefined
	readonly usual: string
	readonly flags: Flags
}

/** As `readConfiguration`; throws a CommandRefused that lists every fault, each with its path. */
export async function configure<T>(schema: z.ZodType<T>, sources: Sources): Promise<T> {
	const read = await readConfiguration(schema, sources)
	if (read.ok) return read.value
	const { code, detail, faults } = read.fault
	if (code !== 'invalid') throw new CommandRefused(exit.usedWrongly, `configuration: ${detail}`)
	const path = fileOf(sources)
	throw new CommandRefused(exit.usedWrongly, `configuration${path === undefined ? '' : ` ${path}`}:`, faults)
}

/** Reads `file`, or `usual` where that exists, lays `flags` over it and validates the whole. */
export async function readConfiguration<T>(
	schema: z.ZodType<T>,
	sources: Sources,
): Promise<Result<T, JsonFileFault>> {
	const path = await fileInForce(sources)
	let settings: Record<string, unknown> = {}
	if (path !== undefined) {
		const read = await readJsonFile(path, z.record(z.string(), z.unknown()))
		if (!read.ok) return read
		settings = read.value
	}
	const checked = schema.safeParse(overlay(settings, sources.flags))
	if (checked.success) return ok(checked.data)
	const faults = faultsOf(checked.error)
	const detail = `${path ?? 'settings'}: ${faults.join('; ')}`
	return { ok: false, fault: { code: 'invalid', detail, faults } }
}

/** Settings that were put in as a whole are read as one, also where a power cut kept them from their places. */
async function fileInForce(sources: Sources): Promise<string | undefined> {
	const path = fileOf(sources) ?? sources.usual
	const read = await inForce(path)
	return read === path ? fileOf(sources) : read
}

function fileOf({ file, usual }: Sources): string | undefined {
	return file ?? (existsSync(usual) ? usual : undefined)
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
