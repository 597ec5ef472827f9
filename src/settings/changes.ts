/** What settings make of a kiosk's own files; nothing is written here. */
import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import * as z from 'zod'
import { readCentreList } from '../evidence/authority/pinned-centre.ts'
import { KioskConfig } from '../kiosk/config/kiosk-config.ts'
import type { NewFile } from '../platform/files/change-set.ts'
import { faultsOf, type JsonFileFault, readJsonFile } from '../platform/files/json-file.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { UplinkConfig } from '../uplink/config.ts'
import type { Settings } from './settings.ts'

/** Paths: the identity's directory, the two configurations, and where NetworkManager has its connections. */
export interface SettingsFiles {
	readonly identity: string
	readonly kiosk: string
	readonly uplink: string
	readonly connections: string
}

export interface Changes {
	/** With permissions as they are, so that they stay. */
	readonly files: readonly NewFile[]
	readonly broker: { readonly before: string | null; readonly after: string } | null
	readonly custodians: { readonly before: readonly string[]; readonly after: readonly string[] } | null
}

export type ChangesFault = JsonFileFault | Fault<'would-not-start'>

type Json = Readonly<Record<string, unknown>>

/** `would-not-start`: a process would refuse its configuration afterwards. */
export async function changesOf(
	{ broker, custodians }: Settings,
	{ identity, kiosk, uplink }: SettingsFiles,
): Promise<Result<Changes, ChangesFault>> {
	const files: NewFile[] = []
	let brokerChange: Changes['broker'] = null
	let custodiansChange: Changes['custodians'] = null
	if (custodians !== undefined) {
		const own = await ownFile(kiosk, {})
		if (!own.ok) return own
		const changed = changedFile(own.value, { custodians }, KioskConfig)
		if (!changed.ok) return changed
		files.push(changed.value)
		custodiansChange = { before: strings(own.value.json['custodians']), after: custodians }
	}
	if (broker !== undefined) {
		const own = await ownFile(uplink, newUplink(identity))
		if (!own.ok) return own
		const centre = own.value.mode === null ? await readCentreList(newUplink(identity).centre) : ok(null)
		if (!centre.ok) {
			const detail = `${uplink} is not there, and can't be made: ${centre.fault.detail}; enrol the centre, then this kiosk again`
			return fail('would-not-start', detail)
		}
		const before = asRecord(own.value.json['broker'])
		const changed = changedFile(own.value, { broker: { ...before, url: broker.url } }, UplinkConfig)
		if (!changed.ok) return changed
		files.push(changed.value)
		const url = before['url']
		brokerChange = { before: typeof url === 'string' ? url : null, after: broker.url }
	}
	return ok({ files, broker: brokerChange, custodians: custodiansChange })
}

interface OwnFile {
	readonly path: string
	readonly json: Json
	/** Null where there is no file yet. */
	readonly mode: number | null
}

async function ownFile(path: string, where: Json): Promise<Result<OwnFile, JsonFileFault>> {
	const read = await readJsonFile(path, z.record(z.string(), z.unknown()))
	if (read.ok) return ok({ path, json: read.value, mode: (await stat(path)).mode & 0o777 })
	return read.fault.code === 'file-missing' ? ok({ path, json: where, mode: null }) : read
}

/** Whole, or every fault of it: nothing is replaced by what a process would refuse. */
function changedFile<T>(
	{ path, json, mode }: OwnFile,
	changed: Json,
	schema: z.ZodType<T>,
): Result<NewFile, Fault<'would-not-start'>> {
	const whole = { ...json, ...changed }
	const read = schema.safeParse(whole)
	if (read.success) return ok({ path, text: `${JSON.stringify(whole, null, 2)}\n`, mode: mode ?? 0o644 })
	return fail('would-not-start', `${path}: ${faultsOf(read.error).join('; ')}`)
}

/** Of a kiosk that had no uplink yet: with what enrolment has put beside its keys. */
function newUplink(identity: string) {
	const at = (name: string) => join(resolve(identity), name)
	return {
		production: true,
		centre: { root: at('root.pem'), publicKey: at('centre.pem') },
		broker: { ca: at('root.pem'), certificate: at('tls.pem'), key: at('tls-key.pem') },
	}
}

function asRecord(value: unknown): Json {
	return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
}

function strings(value: unknown): readonly string[] {
	return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []
}
