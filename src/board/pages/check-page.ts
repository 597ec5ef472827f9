/** How anybody at the centre checks what the board shows, and what it does not prove. */
import { html } from '../../platform/html.ts'
import type { PageContext } from './context.ts'
import type { PageParts } from './frame.ts'

export function checkPage(context: PageContext): PageParts {
	const { view, number } = context
	const { register, election } = view.figures
	const registered = context.in({
		es:
			register === null
				? html`<p>No hay lista de mesas.</p>`
				: html`<p>Lista de mesas: ${number(register.tables)} mesas, ${number(register.electors)} electores, huella <span class="id">${register.sha256}</span>.</p>`,
		en:
			register === null
				? html`<p>There is no register of tables.</p>`
				: html`<p>Register of tables: ${number(register.tables)} tables, ${number(register.electors)} electors, fingerprint <span class="id">${register.sha256}</span>.</p>`,
	})
	return {
		title: context.in({ es: 'Cómo comprobar estas cifras', en: 'How to check these figures' }),
		content: context.in({
			es: html`<p>Este tablero solo lee. Todo lo que muestra sale de los registros firmados que guarda el centro, y cualquiera que tenga una copia puede rehacerlo sin este tablero:</p>
<ol>
<li><p>Las mismas cifras, en el centro: <code>testigo tally DIRECTORIO --json</code></p></li>
<li><p>Sin el código de Testigo: <code>python3 verify.py --tally DIRECTORIO</code></p></li>
<li><p>En un navegador, sin red: la página <code>verify.html</code></p></li>
</ol>
<p>Las tres dan el mismo objeto <code>figures</code>. Su huella en este momento, elección <span class="id">${election}</span>, es el SHA-256 de lo que está en <a href="/figures.json">/figures.json</a>, byte por byte; la primera la da como <code>figuresSha256</code>:</p>
<p class="id">${view.figuresSha256}</p>
${registered}
<h2>Qué no prueban</h2>
<p>Las firmas prueban custodia: este equipo guardó estos bytes como su registro número tal. No prueban que el papel sea auténtico. Para eso están el papel mismo, los testigos de la mesa y un segundo equipo que lo vea.</p>
<h2>Qué quiere decir «confirmada»</h2>
<p>Que dos equipos distintos dicen lo mismo de la mesa, o un equipo y dos personas que la leyeron cada una por su lado. Nada se decide por mayoría: si alguien dice otra cosa, la mesa está en disputa y se muestran todas las versiones.</p>`,
			en: html`<p>This board only reads. All that it shows comes from the signed records that the centre keeps, and whoever has a copy can make it again without this board:</p>
<ol>
<li><p>The same figures, at the centre: <code>testigo tally DIRECTORY --json</code></p></li>
<li><p>Without Testigo's code: <code>python3 verify.py --tally DIRECTORY</code></p></li>
<li><p>In a browser, without a network: the page <code>verify.html</code></p></li>
</ol>
<p>All three give the same object <code>figures</code>. Its fingerprint at this moment, election <span class="id">${election}</span>, is the SHA-256 of what lies at <a href="/figures.json">/figures.json</a>, byte by byte; the first gives it as <code>figuresSha256</code>:</p>
<p class="id">${view.figuresSha256}</p>
${registered}
<h2>What they do not prove</h2>
<p>Signatures prove custody: this device recorded these bytes as its entry number so-and-so. They do not prove that the paper is genuine. For that there are the paper itself, the witnesses of the table, and a second device that sees it.</p>
<h2>What “confirmed” means</h2>
<p>That two devices say the same of the table, or one device and two people who read it, each alone. Nothing is decided by majority: where somebody says otherwise the table is in dispute, and all versions are shown.</p>`,
		}),
	}
}
