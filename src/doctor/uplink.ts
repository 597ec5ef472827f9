/** The way to the centre: the uplink's settings and their files, and whether the broker is there. */
import { X509Certificate } from 'node:crypto'
import { readCentreList } from '../evidence/authority/pinned-centre.ts'
import type { KioskConfig } from '../kiosk/config/kiosk-config.ts'
import type { Clock } from '../platform/clock.ts'
import { readCapped } from '../platform/files/capped-file.ts'
import { readSecretFile } from '../platform/files/secret-file.ts'
import { isLoopback } from '../platform/mqtt/broker.ts'
import type { Result } from '../platform/result.ts'
import type { UplinkConfig } from '../uplink/config.ts'
import { whyUnreachable } from './broker.ts'
import { type Finding, findingsOf, sameInBothLanguages } from './finding.ts'

/** `null` where there is no file with the uplink's settings. */
export type UplinkSettings = Result<UplinkConfig> | null

export async function inspectUplink(
	kiosk: KioskConfig,
	uplink: UplinkSettings,
	clock: Clock,
): Promise<Finding> {
	const { warn, wrong } = findingsOf('uplink')
	if (uplink === null) {
		return warn(
			'none',
			{ es: 'sin configuración: nada se envía', en: 'not configured: nothing is sent' },
			{
				es: 'ponga /etc/testigo/uplink.json (centre, broker)',
				en: 'write /etc/testigo/uplink.json (centre, broker)',
			},
		)
	}
	if (!uplink.ok) {
		return wrong(uplink.fault.code, sameInBothLanguages(uplink.fault.detail), {
			es: 'corrija su configuración',
			en: 'mend its configuration',
		})
	}
	const files = await faultsOfFiles(uplink.value, clock.wall())
	const finding = diagnoseUplink(kiosk, uplink.value, files)
	if (finding.verdict !== 'ok') return finding
	const { url } = uplink.value.broker
	const why = await whyUnreachable(url, clock)
	if (why === null) return finding
	return warn('unreachable', sameInBothLanguages(`${url}: ${why}`), {
		es: 'todo se guarda y se envía cuando haya red; revise la red y el broker',
		en: 'all is recorded, and sent when there is a network; check it and the broker',
	})
}

/** What is wrong with the files that the settings name, a line each. */
async function faultsOfFiles({ broker, centre }: UplinkConfig, now: number): Promise<string[]> {
	const faults: string[] = []
	const read = await readCentreList(centre)
	if (!read.ok) faults.push(read.fault.detail)
	for (const [name, path] of [
		['ca', broker.ca],
		['certificate', broker.certificate],
		['key', broker.key],
		['passwordFile', broker.passwordFile],
	] as const) {
		if (path === undefined) continue
		if (name === 'ca' || name === 'certificate') {
			const read = await readCapped(path, 1 << 20)
			if (!read.ok) faults.push(`${path}: ${read.fault.detail}`)
			else faults.push(...faultsOfCertificate(path, read.value, now))
		} else {
			const read = await readSecretFile(path, name === 'key' ? 'key' : 'password')
			if (!read.ok) faults.push(read.fault.detail)
		}
	}
	return faults
}

function faultsOfCertificate(path: string, bytes: Buffer, now: number): string[] {
	try {
		const { validTo } = new X509Certificate(bytes)
		return Date.parse(validTo) < now ? [`${path}: expired on ${validTo}`] : []
	} catch {
		return [`${path}: no certificate in PEM`]
	}
}

function diagnoseUplink(kiosk: KioskConfig, uplink: UplinkConfig, files: readonly string[]): Finding {
	const { ok, warn, wrong } = findingsOf('uplink')
	const { broker, centre } = uplink
	if (files.length > 0) {
		return wrong('files', sameInBothLanguages(files.join('; ')), {
			es: 'renueve o traiga estos archivos',
			en: 'renew or bring these files',
		})
	}
	if (uplink.journal !== kiosk.journal || uplink.directory !== kiosk.uplink) {
		return wrong(
			'other-directory',
			{
				es: `envía ${uplink.journal}, el kiosco escribe ${kiosk.journal}`,
				en: `sends ${uplink.journal}, the kiosk writes ${kiosk.journal}`,
			},
			{ es: 'ponga lo mismo en ambas: journal, uplink', en: 'set the same in both: journal, uplink' },
		)
	}
	const [sends, shows] = [centre.id, kiosk.centre?.id]
	if (sends !== undefined && shows !== undefined && sends !== shows) {
		return wrong('other-centre', sameInBothLanguages(`${sends}, ${shows}`), {
			es: 'kiosco y enlace nombran centros distintos: ponga el mismo',
			en: 'kiosk and uplink name different centres: set the same',
		})
	}
	if (!broker.url.startsWith('mqtts://') && !isLoopback(broker.url)) {
		return warn('plain-text', sameInBothLanguages(broker.url), {
			es: 'todos en la red lo ven: use mqtts://',
			en: 'everybody on the network sees it: use mqtts://',
		})
	}
	return ok(sameInBothLanguages(broker.url))
}
