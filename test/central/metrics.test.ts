import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { HeldDevice } from '#src/central/holdings.js'
import { Metrics, mostNamedDevices } from '#src/central/metrics.js'
import type { Fault } from '#src/platform/result.js'
import { DeviceStatus } from '#src/protocol/device-status.js'
import { inDirectory } from '../support/in-directory.ts'
import { SimulatedClock } from '../support/simulated-clock.ts'

const status = DeviceStatus.parse({
	v: 1,
	device: 'k-aaaaaaaaaa',
	state: 'online',
	software: 'testigo/1',
	recorded: 14,
	received: 11,
	kiosk: { canScan: false, trouble: 'camera no-answer', clock: 'rtc', actas: 9 },
	free: 5_000_000,
	oldestUnsent: '2024-07-28',
	setAside: 2,
	time: null,
})
const report: HeldDevice = {
	device: 'k-aaaaaaaaaa',
	entries: 12,
	bytes: 34_000,
	upto: 11,
	head: 13,
	quarantined: 0,
	status,
	heard: '2024-07-28T22:05:00Z',
}

function metricsOf(path: string, devices: readonly HeldDevice[], failed: (fault: Fault) => void = () => {}) {
	const clock = new SimulatedClock()
	const software = 'testigo/1'
	return {
		clock,
		metrics: new Metrics({
			path,
			software,
			clock,
			devices: () => devices,
			connected: () => true,
			disk: () => ({ free: 5_000, takes: 'entries' as const }),
			failed,
		}),
	}
}

test('figures of the centre and of each device', async () => {
	const { metrics } = metricsOf('', [
		report,
		{
			device: 'k-bbbbbbbbbb',
			entries: 3,
			bytes: 900,
			upto: 3,
			head: 0,
			quarantined: 0,
			status: null,
			heard: null,
		},
	])
	metrics.count({ event: 'duplicate', device: 'k-aaaaaaaaaa', seq: 1 })
	metrics.count({ event: 'duplicate', device: 'k-aaaaaaaaaa', seq: 1 })
	metrics.count({ event: 'rejected', device: 'k-aaaaaaaaaa', reason: 'unwanted-file' })
	metrics.count({ event: 'rejected', device: 'k-aaaaaaaaaa', reason: 'unwanted-file' })
	const text = await metrics.text()
	const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
	expect(samples.sort()).toEqual(
		[
			'testigo_central_connected 1',
			'testigo_central_devices 2',
			'testigo_central_devices_unnamed 0',
			'testigo_central_disk_free_bytes 5000',
			'testigo_central_entries 15',
			'testigo_central_takes_entries 1',
			'testigo_central_takes_pictures 0',
			'testigo_central_events_total{event="duplicate"} 2',
			'testigo_central_info{software="testigo/1"} 1',
			'testigo_central_rejected{reason="unwanted-file"} 2',
			'testigo_central_written_timestamp_seconds 1722204340',
			'testigo_device_can_scan{device="k-aaaaaaaaaa"} 0',
			'testigo_device_entries{device="k-aaaaaaaaaa"} 12',
			'testigo_device_entries{device="k-bbbbbbbbbb"} 3',
			'testigo_device_held_bytes{device="k-aaaaaaaaaa"} 34000',
			'testigo_device_held_bytes{device="k-bbbbbbbbbb"} 900',
			'testigo_device_free_bytes{device="k-aaaaaaaaaa"} 5000000',
			'testigo_device_heard_timestamp_seconds{device="k-aaaaaaaaaa"} 1722204300',
			'testigo_device_oldest_unsent_timestamp_seconds{device="k-aaaaaaaaaa"} 1722124800',
			'testigo_device_online{device="k-aaaaaaaaaa"} 1',
			'testigo_device_set_aside{device="k-aaaaaaaaaa"} 2',
			'testigo_device_told{device="k-aaaaaaaaaa"} 14',
			'testigo_device_told{device="k-bbbbbbbbbb"} 0',
			'testigo_device_upto{device="k-aaaaaaaaaa"} 11',
			'testigo_device_upto{device="k-bbbbbbbbbb"} 3',
		].sort(),
	)
})

test('a device that is gone has no figures any more, and one too many has none', async () => {
	const many = Array.from({ length: mostNamedDevices + 3 }, (_, n) => ({
		...report,
		device: `k-${n}`,
		status: null,
	}))
	const { metrics } = metricsOf('', many)
	const before = await metrics.text()
	expect(before.match(/^testigo_device_entries\{/gm)?.length).toBe(mostNamedDevices)
	expect(before).toContain('testigo_central_devices_unnamed 3\n')
	expect(before).toContain(`testigo_central_entries ${12 * (mostNamedDevices + 3)}\n`)
	many.splice(1)
	expect((await metrics.text()).match(/^testigo_device_entries\{/gm)?.length).toBe(1)
})

test('the file is whole, readable by others, and written anew', () =>
	inDirectory(async (directory) => {
		const path = join(directory, 'testigo.prom')
		const { metrics, clock } = metricsOf(path, [report])
		const umask = process.umask(0o077)
		try {
			metrics.start()
			await expect
				.poll(() => readFile(path, 'utf8').catch(() => ''), { timeout: 20_000 })
				.toContain('testigo_')
		} finally {
			process.umask(umask)
		}
		expect((await stat(path)).mode & 0o777).toBe(0o644)
		await writeFile(path, 'old')
		await expect
			.poll(
				async () => {
					await clock.advance(15_000)
					return await readFile(path, 'utf8')
				},
				{ timeout: 30_000 },
			)
			.toMatch(/\n$/)
		await metrics.stop()
	}))

test('a directory that is not there is told of once, and tried again', () =>
	inDirectory(async (directory) => {
		const faults: Fault[] = []
		const path = join(directory, 'later', 'testigo.prom')
		const { metrics, clock } = metricsOf(path, [report], (fault) => faults.push(fault))
		metrics.start()
		await expect.poll(() => faults.length, { timeout: 30_000 }).toBe(1)
		await clock.advance(15_000)
		await mkdir(join(directory, 'later'))
		await expect
			.poll(
				async () => {
					await clock.advance(15_000)
					return await readFile(path, 'utf8').catch(() => '')
				},
				{ timeout: 30_000 },
			)
			.toMatch(/\n$/)
		await metrics.stop()
		expect(faults).toMatchObject([{ code: 'metrics', detail: expect.stringContaining('ENOENT') }])
	}))

test('a device that was not heard for two minutes is not online, whatever it said last', async () => {
	const { clock, metrics } = metricsOf('', [report])
	const online = async () => /^testigo_device_online\{.*\} (.)$/m.exec(await metrics.text())?.[1]
	expect(await online()).toBe('1')
	await clock.advance(120_000)
	expect(await online()).toBe('0')
})
