/** The page of all events that the processes log, made from their catalogues. */
import { boardEvents } from '#src/board/events.js'
import { centralEvents } from '#src/central/events.js'
import { kioskEvents } from '#src/kiosk/events.js'
import type { EventCatalogue } from '#src/platform/event-catalogue.js'
import { publishEvents } from '#src/publishing/events.js'
import { uplinkEvents } from '#src/uplink/events.js'

export function eventsPage(): string {
	return `# Events

What kiosk, uplink, centre, board and publishing log. Written by \`npm run pages\` from \`src/kiosk/events.ts\`, \`src/uplink/events.ts\`, \`src/central/events.ts\`, \`src/board/events.ts\` and \`src/publishing/events.ts\`; the gate fails where this page is not of now.

Each process writes its log to standard output, one JSON object a line; as a system unit it goes to the journal of systemd:

\`\`\`sh
journalctl -u testigo-kiosk -o cat | grep '"event":"recorded"'
\`\`\`

Every line has \`level\` (\`info\`, \`warn\`, \`error\`, \`fatal\`), \`time\` (RFC 3339, UTC), \`process\` (\`kiosk\`, \`uplink\`, \`central\`, \`board\`, \`publish\`) and \`event\`, then the event's own fields. No line has a picture, a vote, a place, a name or a key.

To watch: any \`error\` or \`fatal\`; of \`warn\` those that do not end by themselves.
${section('Kiosk', kioskEvents)}${section('Uplink', uplinkEvents)}${section('Centre', centralEvents)}${section('Board', boardEvents)}${section('Publishing', publishEvents)}`
}

function section(title: string, { events, fields }: EventCatalogue): string {
	const lines = Object.entries(events).map(
		([name, { level, meaning, fields: names }]) =>
			`| \`${name}\` | ${level} | ${meaning} | ${names.map((field) => `\`${field}\``).join(', ')} |`,
	)
	const meanings = Object.entries(fields).map(
		([name, { kind, meaning }]) => `| \`${name}\` | ${kind} | ${meaning} |`,
	)
	return `
## ${title}

| event | level | meaning | fields |
| --- | --- | --- | --- |
${lines.join('\n')}

| field | type | meaning |
| --- | --- | --- |
${meanings.join('\n')}
`
}
