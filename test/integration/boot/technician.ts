/** What the guides have a technician do at a kiosk that runs, beside scanning; as provisioning/guides/technician.md says. */
import { copyFile, writeFile } from 'node:fs/promises'
import { stick } from './commissioning.ts'
import type { Machine } from './machine.ts'
import type { Person } from './stand-ins.ts'

/** Part 7, “An acta that must not count”: the last one. */
export async function voidLast(machine: Machine, person: Person): Promise<void> {
	const log = await machine.run('journalctl', '-u', 'testigo-kiosk', '-o', 'cat')
	const recorded = log.split('\n').filter((line) => line.includes('"event":"recorded"'))
	const { seq } = JSON.parse(recorded.at(-1) ?? '{}')
	await stopped(machine, person, ['testigo', 'void', String(seq), '--reason', 'test'])
	await person.until('LISTO after a void', ([line]) => line === 'LISTO')
}

/** Part 9, without a button. */
export async function closeDay(machine: Machine, person: Person): Promise<void> {
	await stopped(machine, person, ['testigo', 'close'])
	await person.until('the closed day', ([line]) => line === 'DÍA CERRADO')
}

/** Part 4, a document scanner: `saves` is called while the kiosk is one, with how a picture is saved by its program. */
export async function withScanner(
	machine: Machine,
	person: Person,
	saves: (save: (picture: Uint8Array) => Promise<void>) => Promise<void>,
): Promise<void> {
	await machine.run('useradd', '--system', 'scanner')
	await machine.run('usermod', '-aG', 'testigo-scanner', 'scanner')
	await become(machine, person, 'scanner')
	await saves(async (picture) => {
		const paper = '/dev/shm/scanned.jpg'
		await writeFile(machine.path(paper), picture)
		await machine.run('runuser', '-u', 'scanner', '--', 'cp', paper, '/run/testigo/inbox/scanned.jpg')
	})
	await become(machine, person, 'kiosk')
}

/** Takes up the stick's settings of that name. */
async function become(machine: Machine, person: Person, name: string): Promise<void> {
	await copyFile(machine.path(`${stick}/${name}.json`), machine.path('/etc/testigo/kiosk.json'))
	await stopped(machine, person, ['true'])
	await person.until(`LISTO as ${name}`, ([line]) => line === 'LISTO')
}

/**
 * Takes the paper up, stops the kiosk, types a command as root and starts it again. What the display shows then was
 * drawn since.
 */
async function stopped(machine: Machine, person: Person, command: readonly string[]): Promise<void> {
	person.takeUp()
	await machine.run('systemctl', 'stop', 'testigo-kiosk')
	await machine.run(...command)
	await person.forget()
	await machine.run('systemctl', 'start', 'testigo-kiosk')
}
