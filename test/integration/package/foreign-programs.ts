/** Programs of arm64, run on another processor: qemu's user emulation, which the kernel starts for them. */
import { existsSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execute } from '../../support/processes.ts'

/** The kernel's list of such programs: Documentation/admin-guide/binfmt-misc.rst. */
const list = '/proc/sys/fs/binfmt_misc'

/** Ours in it; what a killed run left is taken for granted, and taken out. */
const name = 'testigo-arm64'

/** The head of an ELF file of EM_AARCH64, executable or shared, as qemu's own scripts/qemu-binfmt-conf.sh has it. */
const head = '\\x7fELF\\x02\\x01\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x02\\x00\\xb7\\x00'
const mask =
	'\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\x00\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xfe\\xff\\xff\\xff'

/**
 * Resolves to what undoes it. Mounts the list where it is not: in mounts of one's own. Throws with the reason where
 * no such program can be run.
 */
export async function runArm64Programs(): Promise<() => Promise<void>> {
	const nothing = async () => {}
	if (process.arch === 'arm64') return nothing
	const emulator = await whereIs('qemu-aarch64-static', 'qemu-aarch64')
	if (!existsSync(join(list, 'register'))) await execute('mount', ['-t', 'binfmt_misc', 'binfmt_misc', list])
	const remove = () => writeFile(join(list, name), '-1')
	if (existsSync(join(list, name))) await remove()
	if (await isListed()) return nothing
	// F: opened now, so that it is there in a root that has none.
	await writeFile(join(list, 'register'), `:${name}:M::${head}:${mask}:${emulator}:F`)
	return remove
}

async function isListed(): Promise<boolean> {
	for (const entry of await readdir(list)) {
		if (entry === 'register' || entry === 'status') continue
		const about = await readFile(join(list, entry), 'utf8')
		if (/^enabled$/m.test(about) && /^flags: .*F/m.test(about) && /^magic 7f454c46.*b700$/m.test(about))
			return true
	}
	return false
}

async function whereIs(...names: string[]): Promise<string> {
	for (const one of names) {
		const found = await execute('which', [one]).catch(() => null)
		if (found !== null) return found.stdout.trim()
	}
	throw new Error(`there is no ${names.join(' or ')} (apt install qemu-user-static)`)
}
