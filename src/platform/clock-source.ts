/** Where this machine's wall clock has its time from, as far as Linux shows. */
import { access } from 'node:fs/promises'

/** `none`: no battery-backed clock and never set; the time is what the last shutdown saved, or 1970. */
export type ClockSource = 'none' | 'rtc' | 'ntp'

const exists = (path: string) =>
	access(path).then(
		() => true,
		() => false,
	)

export async function clockSource(): Promise<ClockSource> {
	// Made by systemd-timesyncd after the first answer of a time server (systemd-timesyncd.service(8)).
	if (await exists('/run/systemd/timesync/synchronized')) return 'ntp'
	return (await exists('/dev/rtc0')) ? 'rtc' : 'none'
}
