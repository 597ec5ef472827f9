import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { Command } from 'commander'
import { makeAuthority } from '../enrolment/authority.ts'
import { certify } from '../enrolment/certify.ts'
import { type CertificateRequest, readRequest } from '../enrolment/request.ts'
import { type EnrolmentResponse, responseAsCode } from '../enrolment/response.ts'
import { commonName, readCertificateFile } from '../evidence/keys/certificate.ts'
import { fingerprintWords } from '../evidence/keys/fingerprint-words.ts'
import { makeOwnFolder } from '../platform/files/own-folder.ts'
import type { WordLanguage } from '../platform/word-lists.ts'
import { languageOption, wholeNumber } from './arguments.ts'
import { asOwnerOf } from './as-owner.ts'
import { refuseDiskErrors, revocationList, withAuthority } from './ca-authority.ts'
import { campaignCommand } from './ca-campaign.ts'
import { centresCommand, publishCentres } from './ca-centres.ts'
import { listCommand, registryCommand, revokeCommand } from './ca-devices.ts'
import { mirrorsCommand } from './ca-mirrors.ts'
import { caSettingsCommand } from './ca-settings.ts'
import { compareWords } from './compare-words.ts'
import { CommandRefused, exit } from './exit.ts'
import { printAside, printLines } from './output.ts'
import { readTextOrCode } from './read-text-or-code.ts'
import { type CodeOptions, showCode } from './show-code.ts'
import { timeOfDay } from './time-of-day.ts'
import { type TokenOptions, tokenOf, withToken } from './token-options.ts'
import { writeOut } from './write-out.ts'

/** On a laptop without a network: who belongs to a campaign. Everything it knows is in one directory. */
export function caCommand(): Command {
	return new Command('ca')
		.description("a campaign's authority, on a laptop without a network")
		.addCommand(initCommand())
		.addCommand(wordsCommand())
		.addCommand(signCommand())
		.addCommand(revokeCommand())
		.addCommand(listCommand())
		.addCommand(registryCommand())
		.addCommand(centresCommand())
		.addCommand(revocationListCommand())
		.addCommand(caSettingsCommand())
		.addCommand(campaignCommand())
		.addCommand(mirrorsCommand())
}

interface Common {
	readonly dir: string
	readonly language: WordLanguage
}

interface InitOptions extends Common, TokenOptions {
	readonly days: number
}

function initCommand(): Command {
	return withToken(new Command('init'))
		.description('make the root and the campaign that certify devices')
		.requiredOption('--dir <directory>', 'where to keep it; nothing there is overwritten')
		.option('--days <number>', "how long the campaign's certificates hold", wholeNumber(1, 3653), 731)
		.addOption(languageOption())
		.action(async ({ dir, days, language, ...place }: InitOptions) => {
			const token = tokenOf(place)
			await asOwnerOf(dir)
			const made = await makeAuthority(dir, { now: timeOfDay(), random: randomBytes, days, token })
			if (!made.ok) {
				const { code, detail } = made.fault
				throw new CommandRefused(code === 'already-there' ? exit.usedWrongly : exit.environmentFailed, detail)
			}
			const { root, campaign } = made.value
			printLines(
				`${commonName(root)}`,
				`${commonName(campaign)}`,
				fingerprintWords(root.raw, language).join(' '),
			)
			printAside(
				`Publish the words: kiosks are shown them. Take ${join(dir, 'root-key.pem')} away and lock it in.`,
			)
		})
}

function wordsCommand(): Command {
	return new Command('words')
		.description("print the root's fingerprint words")
		.requiredOption('--dir <directory>', 'that of "testigo ca init"')
		.addOption(languageOption())
		.action(async ({ dir, language }: Common) => {
			await asOwnerOf(dir)
			const root = await readCertificateFile(join(dir, 'root.pem'))
			const [pem] = root.ok ? root.value : []
			if (pem === undefined) {
				const why = root.ok ? 'not-a-certificate' : root.fault.code
				throw new CommandRefused(exit.environmentFailed, `${dir}: no authority here (${why})`)
			}
			printLines(fingerprintWords(pem.raw, language).join(' '))
		})
}

interface SignOptions extends Common, CodeOptions {
	readonly picture?: true
	readonly words?: string
	readonly out?: string
}

function signCommand(): Command {
	return new Command('sign')
		.description('certify what a request asks for, once its words were compared')
		.argument('<request>', 'the request.txt that "testigo enrol" made')
		.requiredOption('--dir <directory>', 'that of "testigo ca init"')
		.option('--picture', 'the request is a photograph of its QR code')
		.option('--words <words>', 'the words that the machine shows, where nobody is there to be asked')
		.option('--out <file>', 'where the response goes (default: responses/<id>.jws in the directory)')
		.option('--qr', 'draw the response as a QR code, also where no terminal looks on')
		.option('--png <file>', 'and write it as a picture')
		.addOption(languageOption())
		.action(async (path: string, options: SignOptions) => {
			const { dir, language, words, picture, out } = options
			const text = await readTextOrCode(path, picture ?? false)
			const requests = requestsIn(text, path)
			const now = timeOfDay()
			const responses = await withAuthority(dir, now, async (authority) => {
				for (const { role, id, names } of requests) {
					printAside(`${role} ${id}${names.length === 0 ? '' : ` for ${names.join(', ')}`}`)
				}
				const same = await compareWords({
					...{ bytes: Buffer.from(text), language, said: words, flag: '--words' },
					question: {
						es: '¿Muestra el equipo mismo estas palabras? Escriba "sí":',
						en: 'Does the machine itself show these words? Type "yes":',
					},
				})
				if (!same) {
					throw new CommandRefused(
						exit.foundWrong,
						`not the words of this request: it may have been swapped on the way; nothing was signed (words-differ)`,
					)
				}
				const certified: EnrolmentResponse[] = []
				for (const request of requests) {
					const one = await certify(authority, request, { now, random: randomBytes })
					if (one.ok) certified.push(one.value)
					else throw new CommandRefused(exit.foundWrong, `${one.fault.detail} (${one.fault.code})`)
				}
				return certified
			})
			const [first, ...spares] = requests
			const [response] = responses
			if (first === undefined || response === undefined) throw new Error('a request has one line at least')
			const file = out ?? join(dir, 'responses', `${first.id}.jws`)
			const centres = first.role === 'centre' ? response.centres : null
			if (out === undefined) await refuseDiskErrors(makeOwnFolder(dir, 'responses'))
			else {
				// While this may still write beside the keys.
				if (centres !== null) await publishCentres(dir, centres)
				await asOwnerOf(out)
			}
			await writeOut(file, responses.map((one) => `${one.text}\n`).join(''))
			printLines(...requests.map(({ id }) => id), file)
			if (out === undefined && centres !== null) await publishCentres(dir, centres)
			printAside('A machine with testigo 0.1.0 or older does not read this: raise it first.')
			if (spares.length === 0) return await showCode(responseAsCode(response), options)
			printAside(
				'These are of one machine, and nothing public says so: keep the list of them under lock. If it is seized, revoke each.',
			)
		})
}

/** One, or those of a machine's spares, a line each. Throws a CommandRefused. */
function requestsIn(text: string, path: string): readonly CertificateRequest[] {
	const lines = text.split('\n')
	return lines.map((line, index) => {
		const read = readRequest(line)
		const where = lines.length === 1 ? path : `${path}, line ${index + 1}`
		if (!read.ok)
			throw new CommandRefused(exit.foundWrong, `${where}: ${read.fault.detail} (${read.fault.code})`)
		if (lines.length === 1 || read.value.role === 'device') return read.value
		throw new CommandRefused(
			exit.foundWrong,
			`${where}: is of a ${read.value.role}; only devices have spares`,
		)
	})
}

function revocationListCommand(): Command {
	return new Command('crl')
		.description("write the list of revoked certificates that the campaign's broker reads")
		.requiredOption('--dir <directory>', 'that of "testigo ca init"')
		.requiredOption('--out <file>', 'where it goes')
		.action(async ({ dir, out }: Common & { readonly out: string }) => {
			const now = timeOfDay()
			const pem = await withAuthority(dir, now, revocationList(now))
			await asOwnerOf(out)
			await writeOut(out, pem)
		})
}
