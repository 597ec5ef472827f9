/** What the figures were measured on. */
import { readFile } from 'node:fs/promises'
import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os'
import type { Table } from './table.ts'

/** `directory` is on the disk that is measured. */
export async function describeMachine(directory: string): Promise<Table> {
	const disk = await diskOf(directory)
	const inMemory = disk.fileSystem === 'tmpfs' || disk.fileSystem === 'ramfs'
	return {
		title: 'Machine',
		columns: ['what', ''],
		rows: [
			['processor', `${cpus()[0]?.model.trim() ?? 'unknown'}, ${availableParallelism()} cores`],
			['memory', `${Math.round(totalmem() / 2 ** 20)} MB`],
			['system', `${process.platform} ${release()} ${process.arch}`],
			['Node', process.version],
			['disk', `${disk.fileSystem} on ${disk.device}, ${disk.options}`],
			[
				'load before',
				loadavg()
					.map((load) => load.toFixed(2))
					.join(' '),
			],
		],
		notes: inMemory
			? ['This is no disk: syncs cost nothing here. Name a folder on one with --directory.']
			: [],
	}
}

async function diskOf(directory: string) {
	const unknown = { device: 'unknown', fileSystem: 'unknown', options: '' }
	const mounts = await readFile('/proc/self/mounts', 'utf8').catch(() => '')
	const above = mounts
		.split('\n')
		.map((line) => line.split(' '))
		.filter(([, at = '?']) => at === '/' || `${directory}/`.startsWith(`${at}/`))
	const [device = '', , fileSystem = '', options = ''] = above.toSorted(byDepth).at(-1) ?? []
	return device === '' ? unknown : { device, fileSystem, options }
}

function byDepth([, one = '']: string[], [, other = '']: string[]): number {
	return one.length - other.length
}
