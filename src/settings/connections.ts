/**
 * Wireless networks as files of NetworkManager (nm-settings-keyfile(5)), which Raspberry Pi OS and Debian's desktops
 * use: `testigo-1.nmconnection` and so on. It takes only what nobody but root can read.
 */
import { createHash } from 'node:crypto'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { replaceFile, syncDirectory } from '../platform/files/durable.ts'

export interface NetworkToJoin {
	readonly name: string
	/** 64 hexadecimal digits; null for a network without one. */
	readonly key: string | null
}

const ours = /^testigo-\d+\.nmconnection$/

/** Null where this machine has no NetworkManager. */
export async function connectionsIn(directory: string): Promise<readonly string[] | null> {
	try {
		return (await readdir(directory)).filter((name) => ours.test(name)).sort()
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
		throw error
	}
}

/** Puts these in, and takes away what settings put there before. */
export async function replaceConnections(
	directory: string,
	networks: readonly NetworkToJoin[],
): Promise<void> {
	const names = networks.map((_, index) => `testigo-${index + 1}.nmconnection`)
	for (const [index, network] of networks.entries()) {
		const name = names[index] ?? ''
		await replaceFile(join(directory, name), connectionFile(name, network), 0o600)
	}
	for (const name of (await connectionsIn(directory)) ?? []) {
		if (!names.includes(name)) await rm(join(directory, name))
	}
	await syncDirectory(directory)
}

export function connectionFile(file: string, { name, key }: NetworkToJoin): string {
	// As numbers, so that no letter of a name can mean something in such a file.
	const bytes = [...Buffer.from(name)].map((byte) => `${byte};`).join('')
	const security = key === null ? '' : `\n[wifi-security]\nkey-mgmt=wpa-psk\npsk=${key}\n`
	return `[connection]
id=${file.replace('.nmconnection', '')}
uuid=${uuidOf(name)}
type=wifi

[wifi]
mode=infrastructure
ssid=${bytes}
${security}
[ipv4]
method=auto

[ipv6]
method=auto
`
}

/** The same one for the same network, so that a changed key is no second connection (RFC 9562, version 8). */
function uuidOf(name: string): string {
	const hex = createHash('sha256').update(`testigo network ${name}`).digest('hex')
	return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
