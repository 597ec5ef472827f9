import { StickFolder } from '../stick/folder.ts'

/**
 * A stick's folder, opened while this may still be root, who alone may be on the way to it. Nothing where it can't be
 * opened: whoever needs it then says why.
 */
export async function mountedStick(path: string): Promise<{ readonly mounted?: StickFolder }> {
	const opened = await StickFolder.open(path).catch(() => null)
	return opened?.ok ? { mounted: opened.value } : {}
}
