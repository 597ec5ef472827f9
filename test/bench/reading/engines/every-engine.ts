import type { EngineName } from '../task.ts'
import type { Engine } from './engine.ts'
import { JsqrEngine } from './jsqr.ts'
import { RxingEngine } from './rxing.ts'
import { TestigoEngine } from './testigo.ts'
import { WechatEngine } from './wechat.ts'
import { ZbarEngine } from './zbar.ts'
import { ZbarimgEngine } from './zbarimg.ts'
import { ZxingEngine } from './zxing.ts'
import { ZxingDefaultsEngine } from './zxing-defaults.ts'

export const makeEngine: Readonly<Record<EngineName, () => Engine>> = {
	testigo: () => new TestigoEngine(),
	zxing: () => new ZxingEngine(),
	'zxing-defaults': () => new ZxingDefaultsEngine(),
	rxing: () => new RxingEngine(),
	zbar: () => new ZbarEngine(),
	zbarimg: () => new ZbarimgEngine(),
	wechat: () => new WechatEngine(),
	jsqr: () => new JsqrEngine(),
}
