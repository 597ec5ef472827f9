/** The device's key, and the centre whose receipts count. */
import { join } from 'node:path'
import { openIdentity } from '../enrolment/device-identity.ts'
import type { CentreList } from '../evidence/authority/centre-list.ts'
import { centresFile } from '../evidence/authority/centres.ts'
import { takeCentresFrom } from '../evidence/authority/centres-file.ts'
import { readCentreList } from '../evidence/authority/pinned-centre.ts'
import { type Identity, spkiOf } from '../evidence/identity.ts'
import { fingerprintWords } from '../evidence/keys/fingerprint-words.ts'
import type { KioskConfig } from '../kiosk/config/kiosk-config.ts'
import { isOthers } from '../platform/process/give-up-root.ts'
import type { Result } from '../platform/result.ts'
import type { WordLanguage } from '../platform/word-lists.ts'
import { type Finding, findingsOf, sameInBothLanguages, type Words } from './finding.ts'

type OpenedIdentity = Awaited<ReturnType<typeof openIdentity>>
/** Null where the configuration names none. */
type Centres = Result<CentreList> | null

/** Reads keys; says nothing of them but whether they are good. */
export async function inspectIdentity(config: KioskConfig): Promise<Finding[]> {
	const { identity } = config
	if (process.geteuid?.() === 0 && (await isOthers(identity))) return [notOurs(identity)]
	return [diagnoseIdentity(identity, await openIdentity(identity)), diagnoseCentres(await centresOf(config))]
}

/** The newest list that this machine has; of two with one number, why not to believe them. */
async function centresOf({ centre, journal, uplink }: KioskConfig): Promise<Centres> {
	const read = centre === undefined ? null : await readCentreList(centre)
	if (!read?.ok) return read
	for (const directory of [journal, uplink]) {
		const taken = await takeCentresFrom(join(directory, centresFile), read.value)
		if (!taken.ok && taken.fault.code === 'centres-equivocation') return taken
	}
	return read
}

/** Root could be led by a name there to any file. */
function notOurs(directory: string): Finding {
	const what = { es: `${directory}: no es de root`, en: `${directory}: is not root's` }
	return findingsOf('identity').unseen('not-seen', what, {
		es: 'repita con su dueño, o désela a root (chown -R root:root)',
		en: "look again as its owner, or make it root's (chown -R root:root)",
	})
}

function diagnoseIdentity(directory: string, identity: OpenedIdentity): Finding {
	const { ok, wrong } = findingsOf('identity')
	if (identity.ok) return ok(sameInBothLanguages(identity.value.id))
	const { code, detail } = identity.fault
	return wrong(code, sameInBothLanguages(detail), whatToDo(code, directory))
}

function whatToDo(code: string, directory: string): Words {
	switch (code) {
		case 'file-missing':
			return {
				es: `si es un kiosco nuevo: testigo enrol request --dir ${directory}; si no, vea los permisos`,
				en: `for a new kiosk: testigo enrol request --dir ${directory}; else look at the permissions`,
			}
		case 'key-exposed':
			return {
				es: `chmod 600 ${directory}/key.pem; mejor, inscriba el kiosco de nuevo`,
				en: `chmod 600 ${directory}/key.pem; better, enrol the kiosk anew`,
			}
		case 'token-missing':
		case 'token-ambiguous':
		case 'token-locked':
		case 'token-failed':
		case 'pin-missing':
		case 'pin-exposed':
		case 'pin-refused':
		case 'no-pkcs11':
		case 'module-unusable':
			return {
				es: 'la clave está en un token: vea provisioning/keys/README.md',
				en: 'the key is in a token: see provisioning/keys/README.md',
			}
		default:
			return {
				es: 'guarde esta carpeta como está, e inscriba el kiosco de nuevo en otra',
				en: 'keep this directory as it is, and enrol the kiosk anew in another one',
			}
	}
}

function diagnoseCentres(centres: Centres): Finding {
	const { ok, warn, wrong } = findingsOf('centre')
	if (centres === null) {
		return warn(
			'none',
			{
				es: 'sin clave del centro: nada se mostrará como recibido',
				en: 'no key of a centre: nothing will be shown as received',
			},
			{ es: 'ponga "centre" en la configuración', en: 'set "centre" in the configuration' },
		)
	}
	if (!centres.ok) {
		const { code, detail } = centres.fault
		return wrong(code, sameInBothLanguages(detail), whatToDoOfCentres(code))
	}
	const { value: list } = centres
	const { issue, awaited, centres: counted } = list
	if (awaited !== null) {
		return warn(
			'awaited',
			{
				es: `falta la lista de centros n.º ${awaited}: hasta que llegue, nada cuenta como recibido`,
				en: `the list of centres no. ${awaited} is not here: until it comes nothing counts as received`,
			},
			{
				es: 'llega por la red o con una memoria del centro; se guarda todo mientras tanto',
				en: 'it comes by the network, or on a stick from the centre; all is kept until then',
			},
		)
	}
	if (counted.length === 0) {
		return warn(
			'none-listed',
			{ es: 'todavía no cuenta ningún centro', en: 'no centre counts yet' },
			{
				es: 'la autoridad certifica el centro; la lista llega por la red o con una memoria',
				en: 'the authority certifies the centre; the list comes by the network, or on a stick',
			},
		)
	}
	const named = (language: WordLanguage) => counted.map((centre) => inWords(centre, language)).join('; ')
	const gone = list.revoked.map(({ id, reason }) => `${id} (${reason})`).join(', ')
	return ok({
		es: `${issue === 0 ? '' : `lista n.º ${issue}: `}${named('es')}${gone === '' ? '' : `; revocados: ${gone}`}`,
		en: `${issue === 0 ? '' : `list no. ${issue}: `}${named('en')}${gone === '' ? '' : `; revoked: ${gone}`}`,
	})
}

/** By the words of its key people compare it with what the centre shows. */
function inWords({ id, publicKey }: Identity, language: WordLanguage): string {
	return `${id}, ${fingerprintWords(spkiOf(publicKey), language).join(' ')}`
}

function whatToDoOfCentres(code: string): Words {
	if (code === 'centres-equivocation') {
		return {
			es: 'avise a la autoridad: alguien firmó dos listas con un mismo número; no borre nada',
			en: 'tell the authority: somebody signed two lists with one number; delete nothing',
		}
	}
	return {
		es: 'inscriba el kiosco otra vez con una respuesta nueva (enrol install); sin autoridad, traiga del centro su public.pem',
		en: "enrol the kiosk again by a new response (enrol install); without an authority carry the centre's public.pem here",
	}
}
