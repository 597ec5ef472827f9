import { randomBytes } from 'node:crypto'
import { chown, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Command } from 'commander'
import { responsePrefix, unsignedResponsePrefix } from '../enrolment/code-prefixes.ts'
import {
	isIdentity,
	makeBrokerIdentity,
	makeIdentity,
	makeSpares,
	type NewBroker,
	spareDirectory,
} from '../enrolment/device-identity.ts'
import { installResponses } from '../enrolment/install.ts'
import { HostName } from '../enrolment/request.ts'
import type { SignerRole } from '../enrolment/roles.ts'
import { fingerprintWords } from '../evidence/keys/fingerprint-words.ts'
import { replaceFile } from '../platform/files/durable.ts'
import { buildTime } from '../platform/process/software.ts'
import type { Result } from '../platform/result.ts'
import type { WordLanguage } from '../platform/word-lists.ts'
import { languageOption, wholeNumber } from './arguments.ts'
import { asOwnerOf } from './as-owner.ts'
import { compareWords } from './compare-words.ts'
import { enrolLogCommand } from './enrol-log.ts'
import { CommandRefused, exit } from './exit.ts'
import { printAside, printLines } from './output.ts'
import { readTextOrCode, shownText } from './read-text-or-code.ts'
import { type CodeOptions, showCode } from './show-code.ts'
import { type TokenOptions, tokenOf, withToken } from './token-options.ts'

interface RequestOptions extends CodeOptions {
	readonly dir: string
	readonly language: WordLanguage
}

export function enrolCommand(): Command {
	return new Command('enrol')
		.description(
			'make the keys of devices, centres, brokers, reading stations, officers and logs, and have them certified',
		)
		.addCommand(signing('request', 'device', 'make the keys and pseudonym of this device'))
		.addCommand(signing('centre', 'centre', 'make the keys and pseudonym of a centre'))
		.addCommand(
			signing('station', 'station', 'make the key and pseudonym of a laptop where people read pictures'),
		)
		.addCommand(
			signing('officer', 'officer', 'make the key and pseudonym of a person who rules which entries count'),
		)
		.addCommand(
			requesting('broker', 'make the key and pseudonym of a broker')
				.requiredOption('--name <host...>', 'host names and addresses by which it is reached')
				.action(async ({ name, ...options }: RequestOptions & { readonly name: readonly string[] }) => {
					const wrong = name.find((one) => !HostName.safeParse(one).success)
					if (wrong !== undefined || name.length > 8) {
						throw new CommandRefused(
							exit.usedWrongly,
							`--name ${wrong ?? ''}: at most eight host names in lower case, or addresses`,
						)
					}
					await asOwnerOf(options.dir)
					await report(await makeBrokerIdentity(options.dir, name, randomBytes), options)
				}),
		)
		.addCommand(sparesCommand())
		.addCommand(installCommand())
		.addCommand(enrolLogCommand())
}

function signing(name: string, role: SignerRole, description: string): Command {
	return withToken(requesting(name, description)).action((options: RequestOptions & TokenOptions) =>
		request(role, options),
	)
}

/** Fits a file on a stick; a code would hold three. */
const mostSpares = 31

interface SparesOptions {
	readonly dir: string
	readonly count: number
	readonly language: WordLanguage
}

function sparesCommand(): Command {
	return new Command('spares')
		.description('make identities that follow this one, day after day ("identities": "daily")')
		.requiredOption('--dir <directory>', 'the identity that they are to follow')
		.requiredOption('--count <number>', 'how many', wholeNumber(1, mostSpares))
		.addOption(languageOption())
		.action(async ({ dir, count, language }: SparesOptions) => {
			await asOwnerOf(dir)
			if (!(await isIdentity(dir))) {
				throw new CommandRefused(
					exit.usedWrongly,
					`${dir}: holds no identity; "testigo enrol request" makes the first`,
				)
			}
			const made = await makeSpares(dir, count, randomBytes)
			if (!made.ok) throw new CommandRefused(exit.environmentFailed, made.fault.detail)
			for (const { requestPath } of made.value) await ownKeys(dirname(requestPath))
			const requests = made.value.map(({ request }) => request).join('\n')
			const path = join(dirname(spareDirectory(dir, '-')), 'request.txt')
			await replaceFile(path, `${requests}\n`)
			const words = fingerprintWords(Buffer.from(requests), language).join(' ')
			printLines(...made.value.map(({ id }) => id), path, words)
			printAside('Carry the requests to the authority, and compare the words there, once for all.')
		})
}

/** Of root's own identity, where the units' users are: each process reads the keys that it uses, and no other's. */
async function ownKeys(directory: string): Promise<void> {
	if (process.getuid?.() !== 0) return
	const users = (await readFile('/etc/passwd', 'latin1')).split('\n').map((line) => line.split(':'))
	for (const [key, user] of [
		['key.pem', 'testigo-kiosk'],
		['tls-key.pem', 'testigo-uplink'],
	] as const) {
		const [, , uid, gid] = users.find(([name]) => name === user) ?? []
		if (uid !== undefined && gid !== undefined) await chown(join(directory, key), Number(uid), Number(gid))
	}
}

async function request(role: SignerRole, options: RequestOptions & TokenOptions): Promise<void> {
	const token = tokenOf(options)
	await asOwnerOf(options.dir)
	await report(await makeIdentity(options.dir, role, randomBytes, token), options)
}

function requesting(name: string, description: string): Command {
	return new Command(name)
		.description(description)
		.requiredOption('--dir <directory>', 'where to keep it; nothing there is overwritten')
		.option('--qr', 'draw the request as a QR code, also where no terminal looks on')
		.option('--png <file>', 'and write it as a picture')
		.addOption(languageOption())
}

async function report(
	made: Result<NewBroker & { readonly publicKeyPath?: string }>,
	options: RequestOptions,
): Promise<void> {
	if (!made.ok) {
		const { code, detail } = made.fault
		throw new CommandRefused(code === 'already-there' ? exit.usedWrongly : exit.environmentFailed, detail)
	}
	const { id, publicKeyPath, request, requestPath } = made.value
	const words = fingerprintWords(Buffer.from(request), options.language).join(' ')
	const lines = [id, ...(publicKeyPath === undefined ? [] : [publicKeyPath]), requestPath, words]
	printLines(...lines)
	await showCode(request, options)
	printAside('Carry the request to the authority, and compare the words there.')
}

interface InstallOptions {
	readonly dir: string
	readonly picture?: true
	readonly camera?: true
	readonly config?: string
	readonly rootWords?: string
	readonly language: WordLanguage
}

function installCommand(): Command {
	return new Command('install')
		.description('put the certificates and the list of centres that the authority answered beside the keys')
		.argument('[response]', 'the file that "testigo ca sign" wrote')
		.requiredOption('--dir <directory>', 'the identity that the request was made of')
		.option('--picture', 'the response is a photograph of its QR code')
		.option('--camera', "the response is its QR code, held before the kiosk's own camera")
		.option('--config <file>', "the kiosk's configuration, which names the camera")
		.option('--root-words <words>', "the root's fingerprint words, where nobody is there to be asked")
		.addOption(languageOption())
		.action(async (path: string | undefined, options: InstallOptions) => {
			const { dir, rootWords, language } = options
			const response = await responseFrom(path, options)
			await asOwnerOf(dir)
			const installed = await installResponses(dir, response, {
				now: Math.max(Date.now(), buildTime),
				confirm: (root) =>
					compareWords({
						...{ bytes: root.raw, language, said: rootWords, flag: '--root-words' },
						question: {
							es: '¿Son estas las palabras de la raíz, como las publicó la campaña? Escriba "sí":',
							en: 'Are these the words of the root, as the campaign published them? Type "yes":',
						},
					}),
			})
			if (!installed.ok) {
				const { code, detail } = installed.fault
				const machine = code === 'not-writable' || code === 'file-missing' || code === 'file-unreadable'
				throw new CommandRefused(machine ? exit.environmentFailed : exit.foundWrong, `${detail} (${code})`)
			}
			for (const { id, centres } of installed.value) {
				printLines(id, ...(centres === null ? [] : [centres.join(' ') || 'no centre yet']))
			}
		})
}

function responseFrom(
	path: string | undefined,
	{ camera, picture, config }: InstallOptions,
): Promise<string> {
	if ((path === undefined) !== (camera === true)) {
		throw new CommandRefused(exit.usedWrongly, 'name the response, or hold its code before the --camera')
	}
	const prefixes = [responsePrefix, unsignedResponsePrefix]
	return path === undefined ? shownText(prefixes, config) : readTextOrCode(path, picture ?? false)
}
