/** `testigo settings install`: a technician shows a kiosk the settings that its campaign's authority signed. */
import { createInterface } from 'node:readline/promises'
import { Command, Option } from 'commander'
import { settingsMark } from '../enrolment/code-marks.ts'
import type { Language } from '../enrolment/words.ts'
import { buildTime } from '../platform/build-time.ts'
import { installSettings, type Proposal } from '../settings/install.ts'
import { Passphrase } from '../settings/wanted.ts'
import { carriedText, shownText } from './carried-text.ts'
import { exit, Refusal } from './exit.ts'

interface Options {
	readonly dir: string
	readonly picture?: true
	readonly camera?: true
	readonly config?: string
	readonly uplinkConfig: string
	readonly connections: string
	readonly yes?: true
	readonly language: Language
}

const usualConfig = '/etc/testigo/kiosk.json'

export function settingsCommand(): Command {
	return new Command('settings')
		.description("the settings of a kiosk's campaign")
		.addCommand(installCommand())
}

function installCommand(): Command {
	return new Command('install')
		.description('put in what the authority signed: broker, custodians, networks')
		.argument('[settings]', 'the file that "testigo ca settings" wrote')
		.requiredOption('--dir <directory>', "the kiosk's identity")
		.option('--picture', 'the settings are a photograph of their QR code')
		.option('--camera', "the settings are their QR code, held before the kiosk's own camera")
		.option('--config <file>', `the kiosk's configuration (default: ${usualConfig})`)
		.option('--uplink-config <file>', "the uplink's", '/etc/testigo/uplink.json')
		.option(
			'--connections <directory>',
			"NetworkManager's connections",
			'/etc/NetworkManager/system-connections',
		)
		.option('--yes', 'without asking')
		.addOption(new Option('--language <language>', 'of the questions').choices(['es', 'en']).default('es'))
		.action(run)
}

async function run(path: string | undefined, options: Options): Promise<void> {
	const { dir, camera, picture, config, uplinkConfig, connections, yes, language } = options
	if ((path === undefined) !== (camera === true)) {
		throw new Refusal(exit.usedWrongly, 'name the settings, or hold their code before the --camera')
	}
	const carried =
		path === undefined ? await shownText(settingsMark, config) : await carriedText(path, picture ?? false)
	const places = { identity: dir, kiosk: config ?? usualConfig, uplink: uplinkConfig, connections }
	const installed = await installSettings(carried, places, {
		now: Math.max(Date.now(), buildTime),
		confirm: async (proposal) => {
			process.stderr.write(`${linesOf(proposal).join('\n')}\n`)
			if (yes) return true
			const question = {
				es: '¿Poner estos ajustes? Escriba "sí":',
				en: 'Put these settings in? Type "yes":',
			}
			const answer = await answerTo(question[language], 'say --yes')
			return /^(yes|s[ií])$/i.test(answer)
		},
		passphraseOf: async (network) => {
			const question = { es: `Contraseña de la red ${network}:`, en: `Passphrase of the network ${network}:` }
			for (;;) {
				const answer = await answerTo(question[language], `no passphrase for ${network}`)
				const read = Passphrase.safeParse(answer)
				if (read.success) return read.data
				process.stderr.write(`  ${read.error.issues[0]?.message}\n`)
			}
		},
	})
	if (!installed.ok) {
		const { code, detail } = installed.fault
		const machine = ['not-writable', 'file-missing', 'file-unreadable'].includes(code)
		throw new Refusal(machine ? exit.environmentFailed : exit.foundWrong, `${detail} (${code})`)
	}
	const { settings, connections: joined } = installed.value
	process.stdout.write(`${settings.number}\n`)
	const commands = [
		...(settings.broker === undefined && settings.custodians === undefined
			? []
			: ['sudo systemctl restart testigo.target']),
		...(settings.network === undefined || joined === null ? [] : ['sudo nmcli connection reload']),
	]
	if (commands.length > 0) process.stderr.write(`They hold after:\n  ${commands.join('\n  ')}\n`)
}

/** Where nobody sits at a terminal, `otherwise` says how to do without. */
async function answerTo(question: string, otherwise: string): Promise<string> {
	if (!process.stdin.isTTY) throw new Refusal(exit.usedWrongly, `nobody here to be asked: ${otherwise}`)
	const lines = createInterface({ input: process.stdin, output: process.stderr })
	try {
		return (await lines.question(`${question} `)).trim().normalize('NFC')
	} finally {
		lines.close()
	}
}

/** What changes, one thing a line. */
function linesOf({ campaign, settings, installed, broker, custodians, connections }: Proposal): string[] {
	const before = installed?.campaign === campaign ? installed.number : 'none'
	const lines = [`${campaign}: settings ${settings.number} of ${settings.time}, here ${before}`]
	if (broker !== null) lines.push(`  broker     ${broker.before ?? 'none'} -> ${broker.after}`)
	for (const one of custodians?.after ?? []) {
		lines.push(`  custodian  ${custodians?.before.includes(one) ? 'stays' : 'NEW  '} ${one}`)
	}
	for (const one of custodians?.before ?? []) {
		if (!custodians?.after.includes(one)) lines.push(`  custodian  GOES  ${one}`)
	}
	if (settings.network === undefined) return lines
	if (connections === null) return [...lines, '  network    left alone: no NetworkManager here']
	const keys = { none: 'without a key', asked: 'you are asked for its passphrase' }
	for (const { name, key } of settings.network) {
		lines.push(
			`  network    ${name}, ${key === 'none' || key === 'asked' ? keys[key] : 'its key is in the code'}`,
		)
	}
	if (connections.length > 0) lines.push(`  network    instead of ${connections.join(', ')}`)
	return lines
}
