/** Users and groups of this machine by their numbers and names, as its own files have them. */
import { readFile } from 'node:fs/promises'

export async function userNames(): Promise<ReadonlyMap<number, string>> {
	return new Map((await accountsIn('/etc/passwd')).map(({ name, number }) => [number, name]))
}

/** Null where there is no such group. */
export async function groupNumber(name: string): Promise<number | null> {
	return (await accountsIn('/etc/group')).find((group) => group.name === name)?.number ?? null
}

/** passwd(5) and group(5) begin alike: name, password, number. */
async function accountsIn(path: string): Promise<{ readonly name: string; readonly number: number }[]> {
	const lines = (await readFile(path, 'utf8').catch(() => '')).split('\n')
	return lines.flatMap((line) => {
		const [name = '', , number = ''] = line.split(':')
		return name === '' || number === '' ? [] : [{ name, number: Number(number) }]
	})
}
