/** The program's ground: Node.js, its allocator, who runs it, and the clock. */
import { instant } from '../platform/clock.ts'
import type { ClockSource } from '../platform/clock-source.ts'
import { type Finding, findingsOf, sameInBothLanguages } from './finding.ts'

export interface Machine {
	/** As `process.versions.node`. */
	readonly node: string
	/** Value of MALLOC_ARENA_MAX. */
	readonly arenas: string | undefined
	readonly uid: number
	readonly clockSource: ClockSource
	/** Milliseconds since 1970: what the clock says, and when this program was built. */
	readonly now: number
	readonly built: number
}

/** As `engines` of package.json. */
const leastNode = [20, 19] as const

export function diagnoseMachine({ node, arenas, uid, clockSource, now, built }: Machine): Finding[] {
	return [
		diagnoseNode(node),
		diagnoseAllocator(arenas),
		diagnoseUser(uid),
		diagnoseClock(clockSource, now, built),
	]
}

function diagnoseNode(version: string): Finding {
	const { ok, wrong } = findingsOf('node')
	const [major = 0, minor = 0] = version.split('.').map(Number)
	const [leastMajor, leastMinor] = leastNode
	const what = sameInBothLanguages(`Node.js ${version}`)
	if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return ok(what)
	const least = leastNode.join('.')
	return wrong('old', what, {
		es: `instale Node.js ${least} o más nuevo`,
		en: `install Node.js ${least} or newer`,
	})
}

function diagnoseAllocator(arenas: string | undefined): Finding {
	const { ok, warn } = findingsOf('memory')
	if (arenas === '2') return ok(sameInBothLanguages('MALLOC_ARENA_MAX=2'))
	return warn(
		'allocator',
		{
			es: 'MALLOC_ARENA_MAX no está en 2: el programa ocupa más memoria',
			en: 'MALLOC_ARENA_MAX is not 2: the program takes more memory',
		},
		{
			es: 'arranque con "testigo", no con "node", o ponga MALLOC_ARENA_MAX=2',
			en: 'start it as "testigo", not with "node", or set MALLOC_ARENA_MAX=2',
		},
	)
}

function diagnoseUser(uid: number): Finding {
	const { ok, warn } = findingsOf('user')
	if (uid !== 0) return ok(sameInBothLanguages(`uid ${uid}`))
	return warn(
		'root',
		{ es: 'root puede todo: los permisos no se ven', en: 'root may do everything: permissions are not seen' },
		{ es: 'repita con el usuario del kiosco', en: "look again as the kiosk's user" },
	)
}

function diagnoseClock(source: ClockSource, now: number, built: number): Finding {
	const { ok, warn } = findingsOf('clock')
	const what = sameInBothLanguages(`${instant(now)} (${source})`)
	if (now < built) {
		return warn('behind', what, {
			es: `es antes de que se hizo este programa (${instant(built)}): ponga la hora, o conecte un reloj con pila`,
			en: `that is before this program was built (${instant(built)}): set the clock, or connect one with a battery`,
		})
	}
	if (source !== 'none') return ok(what)
	return warn('no-source', what, {
		es: 'sin red ni reloj con pila: compare la hora con la suya',
		en: 'neither a network nor a clock with a battery: compare it with your own',
	})
}
