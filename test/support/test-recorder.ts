import { presidential2024 } from '#src/acta/presidential-2024.js'
import { PlainImageStorage } from '#src/kiosk/recording/image-storage.js'
import { Recorder, type RecorderParts } from '#src/kiosk/recording/recorder.js'
import { SimulatedClock } from './simulated-clock.ts'

/** A recorder at its first start, of a kiosk that knows no centre; `parts` where a test wants it otherwise. */
export function testRecorder(
	parts: Pick<RecorderParts, 'journal' | 'signer'> & Partial<RecorderParts>,
): Recorder {
	return new Recorder({
		imageStorage: new PlainImageStorage(() => parts.journal.images),
		clock: new SimulatedClock(),
		clockSource: async () => 'rtc',
		anchor: () => null,
		election: presidential2024,
		software: 'testigo/0.0.0',
		boot: 1,
		...parts,
	})
}
