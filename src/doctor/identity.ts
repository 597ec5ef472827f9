/** The device's key, and the centre whose receipts count. */
import { openIdentity } from '../enrolment/device-identity.ts'
import { readPinnedCentre } from '../evidence/pinned-centre.ts'
import type { KioskConfig } from '../kiosk/config/kiosk-config.ts'
import { isOthers } from '../platform/process/give-up-root.ts'
import { ok as opened, type Result } from '../platform/result.ts'
import { type Finding, findingsOf, sameInBothLanguages, type Words } from './finding.ts'

type OpenedIdentity = Awaited<ReturnType<typeof openIdentity>>
type CentreKey = Result<true> | null

/** Reads keys; says nothing of them but whether they are good. */
export async function inspectIdentity({ identity, centre }: KioskConfig): Promise<Finding[]> {
	if (process.geteuid?.() === 0 && (await isOthers(identity))) return [notOurs(identity)]
	const read = centre === undefined ? null : await readPinnedCentre(centre)
	const kept: CentreKey = read?.ok ? opened(true) : read
	const id = read?.ok ? read.value.id : (centre?.id ?? centre?.publicKey)
	return [diagnoseIdentity(identity, await openIdentity(identity)), diagnoseCentre(id, kept)]
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

function diagnoseCentre(id: string | undefined, key: CentreKey): Finding {
	const { ok, warn, wrong } = findingsOf('centre')
	if (id === undefined || key === null) {
		return warn(
			'none',
			{
				es: 'sin clave del centro: nada se mostrará como recibido',
				en: 'no key of a centre: nothing will be shown as received',
			},
			{ es: 'ponga "centre" en la configuración', en: 'set "centre" in the configuration' },
		)
	}
	if (key.ok) return ok(sameInBothLanguages(id))
	return wrong(key.fault.code, sameInBothLanguages(key.fault.detail), {
		es: 'traiga del centro su public.pem',
		en: "carry the centre's public.pem here",
	})
}
