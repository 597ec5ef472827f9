/** `testigo ca revoke|list|registry`: which devices belong to the campaign, published for centres and strangers. */
import { join } from 'node:path'
import { Command, Option } from 'commander'
import type { CampaignAuthority } from '../enrolment/authority.ts'
import { currentCentres } from '../enrolment/publish-centres.ts'
import { issueRegistry, revoke } from '../enrolment/publish-devices.ts'
import { type RevokedDevice, revocationReasons } from '../evidence/authority/revocation.ts'
import { replaceFile } from '../platform/files/durable.ts'
import { makeOwnFolder } from '../platform/files/own-folder.ts'
import { wholeNumber } from './arguments.ts'
import { refuseDiskErrors, revocationList, withAuthority } from './ca-authority.ts'
import { publishCentres } from './ca-centres.ts'
import { CommandRefused, exit } from './exit.ts'
import { printAside, printJson, printLines } from './output.ts'
import { timeOfDay } from './time-of-day.ts'

const theDirectory = ['--dir <directory>', 'that of "testigo ca init"'] as const

interface RevokeOptions {
	readonly dir: string
	readonly last?: number
	readonly reason: RevokedDevice['reason']
}

export function revokeCommand(): Command {
	return new Command('revoke')
		.description(
			'revoke a device, station or officer after its last good entry, answer or ruling, or a centre or a broker; nothing undoes it',
		)
		.argument('<id>', 'as "testigo ca list" shows it')
		.requiredOption(...theDirectory)
		.option(
			'--last <seq>',
			'its last good entry, answer or ruling, 0 for none: later ones are put in quarantine',
			wholeNumber(0, Number.MAX_SAFE_INTEGER),
		)
		.addOption(new Option('--reason <reason>', 'why').choices(revocationReasons).makeOptionMandatory())
		.action(async (id: string, { dir, last, reason }: RevokeOptions) => {
			const now = timeOfDay()
			await withAuthority(dir, now, async (authority) => {
				const revoked = await revoke(authority, { id, last: last ?? null, reason }, now)
				if (!revoked.ok) {
					const { code, detail } = revoked.fault
					const wrong = code === 'last-missing' || code === 'last-senseless'
					throw new CommandRefused(wrong ? exit.usedWrongly : exit.foundWrong, `${detail} (${code})`)
				}
				if (revoked.value !== null) {
					const file = join(dir, 'revocations', `${id}.jws`)
					await refuseDiskErrors(makeOwnFolder(dir, 'revocations'))
					await refuseDiskErrors(replaceFile(file, `${revoked.value}\n`))
					printLines(file)
				}
				await publish(authority, dir, now)
			})
		})
}

export function registryCommand(): Command {
	return new Command('registry')
		.description(
			'sign the list of all devices, stations and officers, those that are revoked with them, for centres and strangers',
		)
		.requiredOption(...theDirectory)
		.action(async ({ dir }: { readonly dir: string }) => {
			const now = timeOfDay()
			await withAuthority(dir, now, (authority) => publish(authority, dir, now))
		})
}

/** Writes what is to be carried to the centre and to its broker, and says so. */
async function publish(authority: CampaignAuthority, dir: string, now: number): Promise<void> {
	const at = (name: string) => join(dir, name)
	const registry = await issueRegistry(authority, now)
	const { issue, devices, stations = [], officers = [], revocations, text } = registry
	await refuseDiskErrors(replaceFile(at('registry.jws'), `${text}\n`))
	await refuseDiskErrors(replaceFile(at('authority.pem'), `${authority.campaign}${authority.root}`))
	await refuseDiskErrors(replaceFile(at('crl.pem'), await revocationList(now)(authority)))
	printLines(at('registry.jws'), at('authority.pem'), at('crl.pem'))
	const centres = await currentCentres(authority, now)
	if (centres !== null) await publishCentres(dir, centres.text)
	printAside(
		`Registry ${issue}: ${devices.length} devices, ${stations.length} reading stations, ${officers.length} officers, ${revocations.length} revoked. Carry registry.jws to devices/ of the centre, crl.pem to its broker; authority.pem goes beside the ledger once.`,
	)
}

export function listCommand(): Command {
	return new Command('list')
		.description('show what was certified and revoked')
		.requiredOption(...theDirectory)
		.option('--json', 'print one JSON object')
		.action(async ({ dir, json }: { readonly dir: string; readonly json?: true }) => {
			const { log, id: campaign } = await withAuthority(dir, timeOfDay(), async (authority) => authority)
			const all = log.issued().map(({ id, role, at }) => {
				const { at: since, last, reason } = log.revocationOf(id) ?? {}
				return { id, role, at, revoked: since === undefined ? null : { at: since, last, reason } }
			})
			if (json) {
				const numbers = { registry: log.issue, settings: log.settings, centres: log.centres?.issue ?? 0 }
				printJson({ campaign, ...numbers, issued: all })
				return
			}
			printLines(
				`Campaign ${campaign}, registry ${log.issue}, settings ${log.settings}, list of centres ${log.centres?.issue ?? 0}: ${all.length} certified.`,
			)
			for (const { id, role, at, revoked } of all) {
				const upto = revoked?.last == null ? '' : `, good up to ${revoked.last}`
				const fate = revoked === null ? '' : `  REVOKED ${revoked.at} (${revoked.reason}${upto})`
				printLines(`  ${id}  ${role.padEnd(7)}  ${at}${fate}`)
			}
		})
}
