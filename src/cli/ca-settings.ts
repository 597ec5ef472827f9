/** `testigo ca settings`: the settings of a campaign's kiosks, signed, as a file and as a code. */
import { join } from 'node:path'
import { Command } from 'commander'
import { readJsonFile } from '../platform/files/json-file.ts'
import { printable } from '../platform/printable.ts'
import { heldByOne } from '../sealing/custodians.ts'
import { issueSettings } from '../settings/issue-settings.ts'
import { WantedSettings } from '../settings/wanted-settings.ts'
import { asOwnerOf } from './as-owner.ts'
import { withAuthority } from './ca-authority.ts'
import { CommandRefused, exit } from './exit.ts'
import { printAside, printLines } from './output.ts'
import { type CodeOptions, showCode } from './show-code.ts'
import { timeOfDay } from './time-of-day.ts'
import { writeOut } from './write-out.ts'

interface Options extends CodeOptions {
	readonly dir: string
	readonly out?: string
}

export function caSettingsCommand(): Command {
	return new Command('settings')
		.description('sign settings that technicians show to kiosks: broker, custodians, networks')
		.argument('<file>', 'what is to be set: see provisioning/README.md')
		.requiredOption('--dir <directory>', 'that of "testigo ca init"')
		.option('--out <file>', 'where they go (default: settings.jws in the directory)')
		.option('--qr', 'draw them as a QR code, also where no terminal looks on')
		.option('--png <file>', 'and write it as a picture')
		.action(async (path: string, { dir, out, ...shown }: Options) => {
			const wanted = await readJsonFile(path, WantedSettings)
			if (!wanted.ok) {
				const faults = wanted.fault.faults.map((fault) => printable(fault, 200))
				throw new CommandRefused(exit.usedWrongly, `settings ${path}:`, faults)
			}
			const now = timeOfDay()
			const { settings, text, code } = await withAuthority(dir, now, async (authority) => {
				const issued = await issueSettings(authority, wanted.value, now)
				if (issued.ok) return issued.value
				throw new CommandRefused(exit.usedWrongly, `${issued.fault.detail} (${issued.fault.code})`)
			})
			const file = out ?? join(dir, 'settings.jws')
			const secret = settings.network?.filter(({ key }) => key.length === 64).map(({ name }) => name) ?? []
			const mode = secret.length === 0 ? 0o644 : 0o600
			if (out !== undefined) await asOwnerOf(out)
			await writeOut(file, `${text}\n`, mode)
			printLines(`${settings.number}`, file)
			if (secret.length > 0) {
				printAside(
					`Whoever sees this code can join ${secret.join(', ')}: show it to technicians only, and delete it afterwards.`,
				)
			}
			for (const custodian of heldByOne(settings.custodians ?? [])) {
				printAside(
					`${custodian}: nobody says that this key is split; whoever holds it opens every image alone: provisioning/custodians.md.`,
				)
			}
			await showCode(code, shown, mode)
		})
}
