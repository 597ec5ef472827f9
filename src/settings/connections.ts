/**
 * Wireless networks as files of NetworkManager (nm-settings-keyfile(5)), which Raspberry Pi OS and Debian's desktops
 * use: `testigo-1.nmconnection` and so on. It takes only what nobody but root can read.
 */
import { createHash } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { ChangeSet } from '../platform/files/change-set.ts'

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

/** What puts these in, and takes away what settings put there before: `present`, names. */
export function connectionChanges(
	directory: string,
	present: readonly string[],
	networks: readonly NetworkToJoin[],
): ChangeSet {
	const files = networks.map((network, index) => {
		const name = `testigo-${index + 1}.nmconnection`
		return { path: join(directory, name), text: connectionFile(name, network), mode: 0o600 }
	})
	const paths = files.map(({ path }) => path)
	return {
		files,
		removed: present.map((name) => join(directory, name)).filter((path) => !paths.includes(path)),
	}
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
