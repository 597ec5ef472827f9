import { execFile, execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, test } from 'vitest'
import { loadOnoff } from '#src/capture/gpio/onoff.js'

const script = fileURLToPath(new URL('../support/gpio-sysfs-process.ts', import.meta.url))
const lacking = await whatIsLacking()

describe.skipIf(lacking !== null)(
	`onoff over /sys/class/gpio${lacking === null ? '' : `: ${lacking}`}`,
	() => {
		let came: Readonly<Record<string, unknown>>
		beforeAll(async () => {
			const { stdout } = await promisify(execFile)('unshare', [
				...['--mount', 'sh', '-c', 'mount -t tmpfs none /sys/class && exec "$@"', 'sh'],
				...[process.execPath, '--import', 'tsx', script],
			])
			came = JSON.parse(stdout)
		}, 120_000)

		test('is chosen, with the base that the kernel gave', () => {
			expect(came['way']).toEqual({
				way: 'sysfs',
				base: 512,
				reason: 'onoff, pinctrl-bcm2711 from line 512',
			})
		})

		test('an input whose edges are refused is looked at again and again, as it is, not inverted', () => {
			expect(came['started']).toEqual({ ok: true, value: true })
			expect(came['levels']).toEqual([true, false, true])
			expect(came['inverted']).toBe('0')
			expect(came['unexported']).toBe('529')
		})

		test('an output is driven from its first moment to its last, and as it is set', () => {
			expect(came['outputs']).toEqual(['high', '1', '0', '1'])
		})

		test('a line that is not there is exported, and access to it is waited for, not for ever', () => {
			expect(came['exported']).toEqual({ ok: true, value: true })
			expect(came['never']).toMatchObject({
				fault: { detail: "GPIO line 536 may not be used: add the kiosk's user to group gpio" },
			})
			expect(came['refused']).toMatchObject({
				fault: { detail: "GPIO line 537 can't be had (EISDIR): is it used already?" },
			})
		})
	},
)

async function whatIsLacking(): Promise<string | null> {
	if (process.getuid?.() !== 0) return 'needs root'
	const onoff = await loadOnoff()
	if (!onoff.ok) return `onoff was not built (${onoff.fault.detail})`
	try {
		execFileSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'none', '/sys/class'], { stdio: 'ignore' })
		return null
	} catch {
		return 'no private mounts here'
	}
}
