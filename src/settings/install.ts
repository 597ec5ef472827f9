/**
 * Puts a campaign's settings into a kiosk, after everything about them was checked and somebody has said yes.
 *
 *     kiosk.json                  custodians
 *     uplink.json                 the broker's url; the whole file where there was none
 *     testigo-<n>.nmconnection    networks
 *     centres.json                beside the certificates: the list of centres that they name
 *     settings.json               beside kiosk.json: which settings these were
 *
 * All of them or none, whatever happens meanwhile (platform/files/change-set.ts). The same settings may be put in any
 * number of times, older ones never, on a kiosk that was enrolled anew neither.
 *
 * WHY BY A COMMAND, and not by the kiosk that sees the code on its tray: its process may write nothing that it is
 * configured by, the root of a locked machine is read-only, and a service of root's that obeys what a camera saw would
 * be a way from a paper to root. A technician who opens the machine can type the line as well.
 */
import { dirname, join } from 'node:path'
import type { UnusableName } from '../evidence/authority/centre-list.ts'
import {
	type Authority,
	type CertificateFault,
	checkCertified,
	readCertificateFile,
} from '../evidence/keys/certificate.ts'
import type { CappedFileFault } from '../platform/files/capped-file.ts'
import { applyChanges, type ChangeSet, finishChanges } from '../platform/files/change-set.ts'
import type { JsonFileFault } from '../platform/files/json-file.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { type Changes, type ChangesFault, changesOf, type SettingsFiles } from './changes.ts'
import { connectionChanges, connectionsIn, type NetworkToJoin } from './connections.ts'
import { type InstalledSettings, readInstalled, withInstalled } from './installed-settings.ts'
import { checkNamedCentres, namedCentresChange } from './named-centres.ts'
import { type Network, openSettings, type Settings, type SettingsFault } from './settings.ts'
import { type CodeFault, jwsOf } from './settings-code.ts'
import { networkKey } from './wanted-settings.ts'

/**
 * `older-settings`: the kiosk has newer ones, or others of the same number. `declined`: whoever was asked said no.
 */
export type SettingsInstallFault =
	| CodeFault
	| SettingsFault
	| CertificateFault
	| CappedFileFault
	| JsonFileFault
	| ChangesFault
	| UnusableName
	| Fault<'not-enrolled' | 'older-settings' | 'declined' | 'not-writable'>

/** What a person is asked about. */
export interface Proposal extends Changes {
	readonly campaign: string
	readonly settings: Settings
	/** Those of this campaign that the kiosk has. */
	readonly installed: InstalledSettings | null
	/** What settings put there before; null where this machine has no NetworkManager, and gets no networks. */
	readonly connections: readonly string[] | null
}

export interface SettingsInstallOptions {
	/** Milliseconds since 1970: the later of the clock and the build. */
	readonly now: number
	readonly confirm: (proposal: Proposal) => Promise<boolean>
	/** Asked for each network whose key is `asked`: 8 to 63 characters of ASCII. */
	readonly passphraseOf: (network: string) => Promise<string>
}

export async function installSettings(
	carried: string,
	places: SettingsFiles,
	{ now, confirm, passphraseOf }: SettingsInstallOptions,
): Promise<Result<Proposal, SettingsInstallFault>> {
	const jws = jwsOf(carried)
	if (!jws.ok) return jws
	const authority = await authorityOf(places.identity, now)
	if (!authority.ok) return authority
	const opened = openSettings(jws.value, authority.value)
	if (!opened.ok) return opened
	const { settings, id } = opened.value
	// A kiosk whose clock stands at 1970 learns from them what time it is at least.
	const still = await authorityOf(places.identity, Math.max(now, Date.parse(settings.time)))
	if (!still.ok) return still
	const named = settings.centres ?? null
	const usable = named === null ? ok(true) : await checkNamedCentres(places.identity, authority.value, named)
	if (!usable.ok) return usable
	return await orNotWritable<Proposal, SettingsInstallFault>(async () => {
		const campaign = authority.value.id
		const before = await readInstalled(places)
		if (!before.ok) return before
		const installed = before.value.find((one) => one.campaign === campaign) ?? null
		const older = olderThan(installed, settings.number, id)
		if (older !== null) return older
		// What an earlier run decided, and a power cut kept from being done.
		await finishChanges(dirname(places.kiosk))
		const changes = await changesOf(settings, places)
		if (!changes.ok) return changes
		const connections = settings.network === undefined ? null : await connectionsIn(places.connections)
		const proposal = { ...changes.value, campaign, settings, installed, connections }
		if (!(await confirm(proposal))) return fail('declined', 'nothing was changed')
		const joinable: NetworkToJoin[] = []
		for (const network of connections === null ? [] : (settings.network ?? [])) {
			joinable.push({ name: network.name, key: await keyOf(network, passphraseOf) })
		}
		const { number, time } = settings
		const joined = connections === null ? none : connectionChanges(places.connections, connections, joinable)
		const list = named === null ? [] : [namedCentresChange(places.identity, campaign, named)]
		const record = withInstalled(places, before.value, { campaign, number, id, time })
		await applyChanges(dirname(places.kiosk), {
			files: [...changes.value.files, ...joined.files, ...list, record],
			removed: joined.removed,
		})
		return ok(proposal)
	})
}

/** The campaign behind this kiosk's own certificate, which must hang on the pinned root. */
async function authorityOf(
	identity: string,
	now: number,
): Promise<Result<Authority, CertificateFault | CappedFileFault | Fault<'not-enrolled'>>> {
	const at = (name: string) => join(identity, name)
	const [chain, anchor] = [
		await readCertificateFile(at('certificate.pem')),
		await readCertificateFile(at('root.pem')),
	]
	for (const read of [chain, anchor]) {
		if (!read.ok && read.fault.code === 'file-missing') {
			return fail('not-enrolled', `${identity}: this kiosk belongs to no campaign yet; enrol it first`)
		}
	}
	if (!chain.ok) return chain
	if (!anchor.ok) return anchor
	const [root] = anchor.value
	if (root === undefined) return fail('not-a-certificate', `${at('root.pem')}: holds no certificate`)
	const certified = checkCertified(chain.value, root, 'entries', now)
	return certified.ok ? ok(certified.value.authority) : certified
}

const none: ChangeSet = { files: [], removed: [] }

function olderThan(installed: InstalledSettings | null, number: number, id: string) {
	if (installed === null) return null
	if (number > installed.number || (number === installed.number && id === installed.id)) return null
	const what = number === installed.number ? `another number ${number}` : `number ${number}`
	return fail('older-settings', `these are ${what}, and the kiosk has number ${installed.number} already`)
}

async function keyOf({ name, key }: Network, ask: (network: string) => Promise<string>) {
	if (key === 'none') return null
	return key === 'asked' ? networkKey(name, await ask(name)) : key
}

async function orNotWritable<T, F extends Fault>(
	work: () => Promise<Result<T, F>>,
): Promise<Result<T, F | Fault<'not-writable'>>> {
	try {
		return await work()
	} catch (error) {
		const { code, syscall, message } = error as NodeJS.ErrnoException
		if (syscall === undefined) throw error
		const locked = code === 'EROFS' ? '; a locked machine is opened by testigo-technician on' : ''
		return fail('not-writable', `${message}${locked}`)
	}
}
