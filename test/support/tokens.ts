/** Tokens made on the spot: SoftHSM's, and a TPM's by swtpm and tpm2-pkcs11. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { loadCryptoki } from '#src/evidence/pkcs11/cryptoki.js'
import type { TokenKey } from '#src/evidence/pkcs11/token.js'
import { whatIsMissing } from './installed.ts'
import { freePort, listens } from './mosquitto.ts'
import { execute } from './processes.ts'
import { until } from './until.ts'

const pin = '4711-0815'

/** A token labelled `kiosk`. Its library finds it by the environment, in this process and in its children. */
export interface TestToken {
	readonly key: Omit<TokenKey, 'label'>
	/** Takes it out, and puts it back. */
	remove(): Promise<void>
	insert(): Promise<void>
	/** Clears up behind a process that was killed, as the kernel does by its resource manager for TPMs. */
	flush(): Promise<void>
	end(): Promise<void>
}

export interface TokenKind {
	readonly name: string
	/** Why its tests are skipped; null where everything is there. */
	readonly without: string | null
	/** `directory` is empty, and its own. */
	make(directory: string): Promise<TestToken>
}

const pkcs11js = (await loadCryptoki()).ok
const softHsm = [
	'/usr/lib/softhsm/libsofthsm2.so',
	'/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so',
	'/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so',
].find((path) => existsSync(path))
const tpm2 = [
	'/usr/lib/x86_64-linux-gnu/pkcs11/libtpm2_pkcs11.so',
	'/usr/lib/aarch64-linux-gnu/pkcs11/libtpm2_pkcs11.so',
].find((path) => existsSync(path))

export const tokenKinds: readonly TokenKind[] = [
	{
		name: 'SoftHSM',
		without: await missing('softhsm2 opensc', softHsm, 'pkcs11-tool'),
		async make(directory) {
			const key = await prepared(directory, softHsm ?? '')
			const tokens = join(directory, 'tokens')
			await mkdir(tokens)
			const config = join(directory, 'softhsm2.conf')
			await writeFile(config, `directories.tokendir = ${tokens}\nobjectstore.backend = file\n`)
			process.env['SOFTHSM2_CONF'] = config
			await initialise(key.module)
			return {
				key,
				remove: () => rename(tokens, `${tokens}.away`),
				insert: () => rename(`${tokens}.away`, tokens),
				flush: async () => {},
				end: async () => {},
			}
		},
	},
	{
		name: 'TPM 2.0 (swtpm)',
		without: await missing(
			'swtpm libtpm2-pkcs11-1 tpm2-tools opensc',
			tpm2,
			'swtpm',
			'tpm2_dictionarylockout',
			'pkcs11-tool',
		),
		async make(directory) {
			const key = await prepared(directory, tpm2 ?? '')
			const tpm = await SoftwareTpm.start(join(directory, 'tpm'))
			const address = `swtpm:host=127.0.0.1,port=${tpm.port}`
			// To a TPM a start without an orderly end is a wrong try for the PIN, and this one would lock itself at the
			// third (TPM 2.0 part 1, section 19.8): provisioning/README.md tells technicians the same command.
			const patient = [
				'--setup-parameters',
				'--max-tries=32',
				'--recovery-time=60',
				'--lockout-recovery-time=60',
			]
			await execute('tpm2_dictionarylockout', [...patient, '--tcti', address])
			process.env['TPM2_PKCS11_TCTI'] = address
			process.env['TPM2_PKCS11_STORE'] = join(directory, 'store')
			// It speaks on standard error of what is its callers' to judge.
			process.env['TPM2_PKCS11_LOG_LEVEL'] = '0'
			process.env['TSS2_LOG'] = 'all+NONE'
			await mkdir(join(directory, 'store'))
			await initialise(key.module)
			return {
				key,
				remove: () => tpm.stop(),
				insert: () => tpm.start(),
				flush: async () => {
					for (const what of ['--transient-object', '--loaded-session']) {
						await execute('tpm2_flushcontext', [what, '--tcti', address])
					}
				},
				end: () => tpm.stop(),
			}
		},
	},
]

async function missing(packages: string, library: string | undefined, ...programs: string[]) {
	if (!pkcs11js) return 'skipped, the package pkcs11js could not be built (apt install g++ make python3)'
	const lacking = await whatIsMissing(Object.fromEntries(programs.map((program) => [program, packages])))
	return lacking === null && library !== undefined
		? null
		: `skipped, it is not installed (apt install ${packages})`
}

async function prepared(directory: string, module: string): Promise<Omit<TokenKey, 'label'>> {
	const pinFile = join(directory, 'pin')
	await writeFile(pinFile, `${pin}\n`, { mode: 0o600 })
	return { kind: 'pkcs11', module, token: 'kiosk', pinFile }
}

/** As a technician does it, once for each device. */
async function initialise(module: string): Promise<void> {
	const tool = (...words: string[]) => execute('pkcs11-tool', ['--module', module, ...words])
	await tool('--init-token', '--slot-index', '0', '--label', 'kiosk', '--so-pin', 'so-4711-0815')
	const login = ['--login', '--login-type', 'so', '--so-pin', 'so-4711-0815', '--token-label', 'kiosk']
	await tool('--init-pin', ...login, '--pin', pin)
}

/** Its data port, and after it its control port, as the TSS expects them. */
class SoftwareTpm {
	readonly port: number
	readonly #state: string
	#process: ChildProcess | undefined

	private constructor(state: string, port: number) {
		this.#state = state
		this.port = port
	}

	static async start(state: string): Promise<SoftwareTpm> {
		await mkdir(state)
		for (let attempt = 0; attempt < 20; attempt++) {
			const tpm = new SoftwareTpm(state, await freePort())
			if (await tpm.#run()) return tpm
		}
		throw new Error('swtpm found no two ports side by side')
	}

	async start(): Promise<void> {
		if (!(await this.#run())) throw new Error('swtpm did not start')
	}

	async #run(): Promise<boolean> {
		const child = spawn(
			'swtpm',
			[
				...['socket', '--tpm2', '--tpmstate', `dir=${this.#state}`, '--flags', 'not-need-init,startup-clear'],
				...['--server', `type=tcp,port=${this.port}`, '--ctrl', `type=tcp,port=${this.port + 1}`],
			],
			{ stdio: 'ignore' },
		)
		this.#process = child
		// It serves one connection on its data port: only the other may be tried.
		let isThere = false
		const isDecided = async () => {
			isThere = await listens(this.port + 1)
			return isThere || child.exitCode !== null
		}
		await until(isDecided, { everyMs: 20 })
		return isThere && child.exitCode === null
	}

	async stop(): Promise<void> {
		const child = this.#process
		this.#process = undefined
		if (child === undefined || child.exitCode !== null) return
		child.kill('SIGKILL')
		await once(child, 'exit')
	}
}
