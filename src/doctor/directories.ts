/**
 * Whose the directories are, and who can put or exchange names in them and on the way to them. Looked at by lstat(2)
 * only: nothing is opened.
 */
import type { Stats } from 'node:fs'
import { lstat, opendir } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { CentralConfig } from '../central/config.ts'
import { placesOfSpare } from '../enrolment/day-identities.ts'
import type { KioskConfig } from '../kiosk/config/kiosk-config.ts'
import { isOpenToOthers } from '../platform/process/give-up-root.ts'
import { userNames } from './accounts.ts'
import { type Finding, findingsOf, sameInBothLanguages, type Words } from './finding.ts'

export interface InspectedPlaces {
	/** Files with settings, those that there are. */
	readonly settings: readonly string[]
	readonly kiosk: KioskConfig
	/** Of a centre on the same machine, where there is one. */
	readonly central: CentralConfig | null
}

/**
 * `system`: root's alone, since a service must not write what it is configured by, or its key. `service`: one
 * service's, and what lies in it too. `shared`: root's, where several services have directories.
 */
type Kind = 'system' | 'service' | 'shared'

interface Place {
	readonly path: string
	readonly kind: Kind
	/** Where the operator puts files as root. */
	readonly alsoRoots?: boolean
}

/** Names looked at in a directory: an honest one has some dozen. */
const mostNames = 1_000
/** Lines about one machine. */
const mostFindings = 20

export async function inspectDirectories(places: InspectedPlaces): Promise<Finding[]> {
	const { ok } = findingsOf('directories')
	const looked = new Look(await userNames())
	const listed = placesOf(places)
	for (const place of listed) await looked.at(place)
	const { kiosk } = places
	if (kiosk.production) await looked.twoUsers(kiosk.journal, kiosk.uplink)
	const found = looked.findings.slice(0, mostFindings)
	if (found.length > 0) return found
	const count = String(listed.length)
	return [
		ok({ es: `${count} carpetas, cada una de su dueño`, en: `${count} directories, each its owner's alone` }),
	]
}

function placesOf({ settings, kiosk, central }: InspectedPlaces): Place[] {
	const places: Place[] = [
		...settings.map((file) => ({ path: dirname(file), kind: 'system' as const })),
		{ path: kiosk.identity, kind: 'system' },
		{ path: kiosk.journal, kind: 'service' },
		{ path: dirname(kiosk.state), kind: 'shared' },
		{ path: join(dirname(kiosk.state), 'signed'), kind: 'service' },
		{ path: kiosk.uplink, kind: 'service' },
		...(kiosk.identities === 'one' ? [] : placesOfSpares(kiosk)),
		{ path: dirname(kiosk.condition), kind: 'service' },
		...(central === null
			? []
			: [
					{ path: central.identity, kind: 'system' as const },
					{ path: central.directory, kind: 'service' as const, alsoRoots: true },
				]),
	]
	return places.filter(({ path }, index) => places.findIndex((one) => one.path === path) === index)
}

/** What holds those of identities that follow. */
function placesOfSpares(kiosk: KioskConfig): Place[] {
	const { identity, journal } = placesOfSpare(kiosk, '-')
	return [
		{ path: dirname(identity), kind: 'system' },
		{ path: dirname(journal), kind: 'service' },
	]
}

class Look {
	readonly findings: Finding[] = []
	readonly #names: ReadonlyMap<number, string>
	/** Ways on which something was found: said once. */
	readonly #said = new Set<string>()

	constructor(names: ReadonlyMap<number, string>) {
		this.#names = names
	}

	/** A directory that is not there yet is made by whom it is for. */
	async at({ path, kind, alsoRoots = false }: Place): Promise<void> {
		const way = waysTo(resolve(path))
		const found = await lstat(path).catch(() => null)
		const owner = found?.uid ?? 0
		for (const above of way.slice(0, -1)) await this.#above(above, path, owner)
		if (found === null) return
		if (found.isSymbolicLink() && found.uid !== 0) this.#wrong('link', path, isALink(), remove(path))
		if (!found.isDirectory()) return
		if (kind === 'system' && found.uid !== 0 && found.uid !== process.geteuid?.()) {
			this.#wrong('other-owner', path, this.#belongsTo(found.uid), { to: `chown root:root ${path}` })
		}
		const mayBeSticky = kind === 'shared'
		if (isOpenToOthers(found) && !(mayBeSticky && isSticky(found))) this.#open(path, found)
		if (kind === 'service') await this.#inside(path, found.uid, alsoRoots)
	}

	/** A kiosk and an uplink of one user: who has one of them has both. */
	async twoUsers(journal: string, uplink: string): Promise<void> {
		const [one, other] = [await lstat(journal).catch(() => null), await lstat(uplink).catch(() => null)]
		if (one === null || other === null || one.uid !== other.uid) return
		const what = {
			es: `y ${journal} son del mismo usuario, ${this.#name(one.uid)}: quien tiene el enlace tiene el kiosco`,
			en: `and ${journal} belong to one user, ${this.#name(one.uid)}: who has the uplink has the kiosk`,
		}
		this.#wrong('one-user', uplink, what, { to: `chown -R testigo-uplink:testigo ${uplink}` })
	}

	async #above(above: string, path: string, owner: number): Promise<void> {
		const found = await lstat(above).catch(() => null)
		if (found === null || this.#said.has(above)) return
		if (found.uid !== 0 && found.uid !== owner) {
			this.#said.add(above)
			const user = this.#name(found.uid)
			const what = {
				es: `es de ${user}, que puede cambiar ${path} por otra`,
				en: `belongs to ${user}, who can exchange ${path}`,
			}
			this.#wrong('other-owner', above, what, { to: `chown root:root ${above}` })
		} else if (found.isDirectory() && isOpenToOthers(found) && !isSticky(found)) {
			this.#said.add(above)
			this.#open(above, found)
		}
	}

	async #inside(directory: string, owner: number, alsoRoots: boolean): Promise<void> {
		let count = 0
		for await (const { name } of await opendir(directory).catch(() => [])) {
			if (++count > mostNames) return
			const path = join(directory, name)
			const found = await lstat(path).catch(() => null)
			if (found === null) continue
			if (found.isSymbolicLink()) this.#wrong('link', path, isALink(), remove(path))
			else if (!found.isDirectory() && !found.isFile()) {
				const what = { es: 'no es un archivo ni una carpeta', en: 'is neither a file nor a directory' }
				this.#wrong('no-file', path, what, remove(path))
			} else if (found.isFile() && found.nlink > 1) {
				const what = { es: 'tiene un segundo nombre', en: 'has a second name' }
				this.#wrong('second-name', path, what, remove(path))
			} else if (found.uid !== owner && !(alsoRoots && found.uid === 0)) {
				const to = `chown --reference=${directory} ${path}`
				this.#wrong('other-owner', path, this.#belongsTo(found.uid), { to })
			}
		}
	}

	#belongsTo(uid: number): Words {
		return { es: `es de ${this.#name(uid)}`, en: `belongs to ${this.#name(uid)}` }
	}

	#open(path: string, { mode }: Stats): void {
		const octal = (mode & 0o7777).toString(8).padStart(4, '0')
		const what = { es: `otros pueden escribir ahí (${octal})`, en: `others may write there (${octal})` }
		this.#wrong('writable-by-others', path, what, { to: `chmod go-w ${path}` })
	}

	#wrong(code: string, path: string, { es, en }: Words, todo: { readonly to: string } | Words): void {
		const { wrong } = findingsOf('directories')
		const words = 'to' in todo ? sameInBothLanguages(`sudo ${todo.to}`) : todo
		this.findings.push(wrong(code, { es: `${path}: ${es}`, en: `${path}: ${en}` }, words))
	}

	#name(uid: number): string {
		return this.#names.get(uid) ?? String(uid)
	}
}

function isALink(): Words {
	return { es: 'es un enlace', en: 'is a link' }
}

function remove(path: string): Words {
	return {
		es: `nada de Testigo lo es: mírelo (ls -l ${path}), anótelo, y quítelo`,
		en: `nothing of Testigo is: look at it (ls -l ${path}), write it down, and remove it`,
	}
}

/** `/a/b` by way of `/` and `/a`. */
function waysTo(path: string): string[] {
	const above = dirname(path)
	return above === path ? [path] : [...waysTo(above), path]
}

function isSticky({ mode }: Stats): boolean {
	return (mode & 0o1000) !== 0
}
