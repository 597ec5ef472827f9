import type { Button } from './button.ts'
import type { Tray } from './tray.ts'

/**
 * One button for a tray without a sensor: pressed, it says "here is a paper", and where the kiosk asks, "yes,
 * keep it". The session hears only the one of the two that it waits for. Nothing reports a paper taken away.
 */
export function mergeButtons(pressed: Button): { readonly button: Button; readonly tray: Tray } {
	let onPaper = () => {}
	return {
		button: {
			start: (onPress, onHold) =>
				pressed.start(() => {
					// A paper first: where the kiosk asks, it does not hear of one, and then hears the yes.
					onPaper()
					onPress()
				}, onHold),
			stop: () => pressed.stop(),
		},
		tray: {
			isButton: true,
			start: async (on) => {
				onPaper = () => on('paper')
			},
			stop: async () => {
				onPaper = () => {}
			},
		},
	}
}
