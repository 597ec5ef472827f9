/**
 * The reading station's page in a browser: Enter goes on, a mistake is told at its field, the picture comes closer, turns
 * and darkens. Without it the page works, by Tab and by being sent.
 */

document.documentElement.classList.add('live')

const form = document.querySelector<HTMLFormElement>('#paper')
const view = document.querySelector<HTMLElement>('#view')

/** How a picture is seen; kept from one to the next, since one camera's lie alike. */
interface Look {
	zoom: number
	/** Quarters of a turn to the right. */
	quarters: number
	/** 0 as it is, 1 strong, 2 strong and inverted. */
	contrast: number
}

const storageKey = 'testigo-reading'

function storedLook(): Look {
	try {
		const { zoom, quarters, contrast } = JSON.parse(
			sessionStorage.getItem(storageKey) ?? '{}',
		) as Partial<Look>
		const isNumber = (value: unknown): value is number => Number.isFinite(value)
		return {
			zoom: isNumber(zoom) ? Math.min(8, Math.max(0.25, zoom)) : 1,
			quarters: isNumber(quarters) ? ((Math.trunc(quarters) % 4) + 4) % 4 : 0,
			contrast: isNumber(contrast) ? Math.trunc(Math.abs(contrast)) % 3 : 0,
		}
	} catch {
		return { zoom: 1, quarters: 0, contrast: 0 }
	}
}

const tools = ['closer', 'farther', 'turn', 'contrast', 'next'] as const
type Tool = (typeof tools)[number]

class PictureView {
	readonly #view: HTMLElement
	readonly #sheets: readonly HTMLElement[]
	readonly #look = storedLook()

	constructor(element: HTMLElement) {
		this.#view = element
		this.#sheets = [...element.querySelectorAll<HTMLElement>('.sheet')]
		for (const sheet of this.#sheets) sheet.querySelector('img')?.addEventListener('load', () => this.draw())
		addEventListener('resize', () => this.draw())
		const place = this.#place()
		const at = sessionStorage.getItem(place)?.split(' ').map(Number) ?? []
		addEventListener('pagehide', () =>
			sessionStorage.setItem(place, `${this.#view.scrollLeft} ${this.#view.scrollTop}`),
		)
		this.draw()
		this.#view.scrollTo(at[0] ?? 0, at[1] ?? 0)
	}

	use(tool: Tool): void {
		const look = this.#look
		if (tool === 'closer') look.zoom = Math.min(8, look.zoom * 1.25)
		if (tool === 'farther') look.zoom = Math.max(0.25, look.zoom / 1.25)
		if (tool === 'turn') look.quarters = (look.quarters + 1) % 4
		if (tool === 'contrast') look.contrast = (look.contrast + 1) % 3
		if (tool === 'next') this.#next()
		sessionStorage.setItem(storageKey, JSON.stringify(look))
		this.draw()
	}

	/** By so many screens down, or to the right. */
	scroll(down: number, right = 0): void {
		this.#view.scrollBy(right * this.#view.clientWidth, down * this.#view.clientHeight)
	}

	/** A sheet is as wide as the view, times the zoom, whichever way it is turned; the middle stays where it was. */
	draw(): void {
		const sheet = this.#shown
		const image = sheet?.querySelector('img')
		if (!sheet || !image || image.naturalWidth === 0) return
		const { zoom, quarters, contrast } = this.#look
		const before = { width: sheet.offsetWidth, height: sheet.offsetHeight }
		const middle = {
			x: (this.#view.scrollLeft + this.#view.clientWidth / 2) / (before.width || 1),
			y: (this.#view.scrollTop + this.#view.clientHeight / 2) / (before.height || 1),
		}
		const ratio = image.naturalHeight / image.naturalWidth
		const isAcross = quarters % 2 === 1
		const width = this.#view.clientWidth * zoom
		const height = isAcross ? width / ratio : width * ratio
		sheet.style.width = `${width}px`
		sheet.style.height = `${height}px`
		image.style.width = `${isAcross ? height : width}px`
		image.style.height = `${isAcross ? width : height}px`
		image.style.transform = `translate(-50%, -50%) rotate(${quarters * 90}deg)`
		image.dataset['contrast'] = String(contrast)
		if (before.width === width && before.height === height) return
		this.#view.scrollTo(
			middle.x * width - this.#view.clientWidth / 2,
			before.height === 0 ? 0 : middle.y * height - this.#view.clientHeight / 2,
		)
	}

	get #shown(): HTMLElement | undefined {
		return this.#sheets.find((sheet) => 'shown' in sheet.dataset)
	}

	#next(): void {
		const shown = this.#shown
		if (shown === undefined) return
		const next = this.#sheets[(this.#sheets.indexOf(shown) + 1) % this.#sheets.length]
		if (next === undefined || shown === next) return
		delete shown.dataset['shown']
		next.dataset['shown'] = ''
		const image = document.querySelector<HTMLInputElement>('#image')
		if (image !== null) image.value = next.dataset['picture'] ?? ''
		this.#view.scrollTo(0, 0)
	}

	#place(): string {
		return `${storageKey} ${this.#shown?.dataset['picture'] ?? ''}`
	}
}

/** The fields in the order in which they are asked: a box of signatures is one. */
class PaperFields {
	readonly #form: HTMLFormElement
	readonly #fields: readonly HTMLElement[]

	constructor(element: HTMLFormElement) {
		this.#form = element
		this.#fields = [...element.querySelectorAll<HTMLElement>('.field input, .box')]
	}

	/** What of the form has the keyboard; undefined for a button. */
	holding(target: EventTarget | null): HTMLElement | undefined {
		return this.#fields.find((field) => target instanceof Node && field.contains(target))
	}

	/** On to the next, or to the sums after the last; nowhere where something is wrong here. */
	goOn(field: HTMLElement): void {
		if (!this.check(field)) return
		const next = this.#fields[this.#fields.indexOf(field) + 1]
		if (next === undefined) this.#form.requestSubmit()
		else this.focus(next)
	}

	goBack(field: HTMLElement): void {
		const before = this.#fields[this.#fields.indexOf(field) - 1]
		if (before !== undefined) this.focus(before)
	}

	focus(field: HTMLElement): void {
		if (field instanceof HTMLInputElement) {
			field.focus()
			field.select()
			return
		}
		const radios = [...field.querySelectorAll<HTMLInputElement>('input')]
		;(radios.find(({ checked }) => checked) ?? radios[0])?.focus()
	}

	/** Says at the field what is wrong, as far as that can be said before all is sent. */
	check(field: HTMLElement): boolean {
		const { digits = '', empty = '', choose = '' } = this.#form.dataset
		if (field instanceof HTMLInputElement) {
			const value = field.value.trim()
			const isOptional = field.dataset['optional'] !== undefined
			const fault = value === '' ? (isOptional ? '' : empty) : /^[0-9]+$/.test(value) ? '' : digits
			return this.tell(field, fault)
		}
		return this.tell(field, field.querySelector('input:checked') === null ? choose : '')
	}

	tell(field: HTMLElement, fault: string): boolean {
		const place = document.getElementById(`${field.id}-fault`)
		if (place !== null) place.textContent = fault
		if (fault === '') field.removeAttribute('aria-invalid')
		else field.setAttribute('aria-invalid', 'true')
		return fault === ''
	}
}

const pictures = view === null ? null : new PictureView(view)
const toolbar = document.querySelector<HTMLElement>('.tools')
if (toolbar !== null) toolbar.hidden = false
toolbar?.addEventListener('click', (event) => {
	const name = event.target instanceof HTMLElement ? event.target.dataset['tool'] : undefined
	const tool = tools.find((one) => one === name)
	if (tool !== undefined) pictures?.use(tool)
})

/** Keys that no field takes, on a pad of digits too. */
const toolKeys: Readonly<Record<string, Tool>> = {
	'+': 'closer',
	'-': 'farther',
	'/': 'turn',
	'*': 'contrast',
	'.': 'next',
}

function looked(event: KeyboardEvent): boolean {
	const tool = toolKeys[event.key]
	if (tool !== undefined) pictures?.use(tool)
	else if (event.key === 'PageDown') pictures?.scroll(event.shiftKey ? 0 : 0.8, event.shiftKey ? 0.8 : 0)
	else if (event.key === 'PageUp') pictures?.scroll(event.shiftKey ? 0 : -0.8, event.shiftKey ? -0.8 : 0)
	else return false
	return true
}

if (form !== null) {
	const fields = new PaperFields(form)
	const details = document.querySelector<HTMLDetailsElement>('#unreadable')
	const reasons = [...(details?.querySelectorAll('button') ?? [])]
	details?.addEventListener('keydown', (event) => {
		if (event.ctrlKey || event.altKey || event.metaKey) return
		const reason = /^[1-9]$/.test(event.key) ? reasons[Number(event.key) - 1] : undefined
		if (event.key === 'Escape') details.open = false
		else if (reason !== undefined) reason.click()
	})
	form.addEventListener('keydown', (event) => {
		if (event.ctrlKey || event.altKey || event.metaKey) return
		const field = fields.holding(event.target)
		if (field === undefined) return
		const box = /^[1-3]$/.test(event.key) && !(field instanceof HTMLInputElement)
		if (event.key === 'Enter') {
			if (event.shiftKey) fields.goBack(field)
			else fields.goOn(field)
		} else if (event.key === 'n' || event.key === 'N') {
			if (details !== null) details.open = true
			reasons[0]?.focus()
		} else if (box) {
			const radio = field.querySelectorAll<HTMLInputElement>('input')[Number(event.key) - 1]
			if (radio !== undefined) radio.checked = true
			fields.goOn(field)
		} else if (!looked(event)) return
		event.preventDefault()
	})
	form.addEventListener('input', ({ target }) => {
		const field = fields.holding(target)
		if (!(field instanceof HTMLInputElement)) return
		const { digits = '' } = form.dataset
		fields.tell(field, /^[0-9]*$/.test(field.value.trim()) ? '' : digits)
	})
	form.addEventListener('change', ({ target }) => {
		const field = fields.holding(target)
		if (field !== undefined && !(field instanceof HTMLInputElement)) fields.tell(field, '')
	})
} else {
	document.querySelector('#totals')?.addEventListener('keydown', (event) => {
		if (event instanceof KeyboardEvent && looked(event)) event.preventDefault()
	})
}

// Sent once: a second press while the first is on its way would ask the same again.
for (const one of document.querySelectorAll('form')) {
	one.addEventListener('submit', (event) => {
		if (one.dataset['sent'] !== undefined) event.preventDefault()
		one.dataset['sent'] = ''
	})
}
addEventListener('pageshow', () => {
	for (const one of document.querySelectorAll('form')) delete one.dataset['sent']
})

export {}
