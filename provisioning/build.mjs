/** `npm run build`: what ships, compiled from src/ into dist/. */
import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

process.chdir(fileURLToPath(new URL('..', import.meta.url)))
rmSync('dist', { recursive: true, force: true })
// What runs under Node, and what runs in a browser: the folders `client` of src/.
for (const project of ['tsconfig.json', 'provisioning/tsconfig.browser.json']) {
	const { status } = spawnSync('node_modules/.bin/tsc', ['-p', project], { stdio: 'inherit' })
	if (status !== 0) process.exit(status ?? 1)
}
for (const path of readdirSync('src', { recursive: true }))
	if (/\/client\/.*\.(css|svg)$/.test(path)) cpSync(`src/${path}`, `dist/${path}`)
cpSync('src/simulator/figures', 'dist/simulator/figures', {
	recursive: true,
	filter: (path) => !path.endsWith('.ts'),
})
const seconds = process.env.SOURCE_DATE_EPOCH ?? Date.now() / 1000
writeFileSync('dist/build.json', `${JSON.stringify({ built: new Date(Number(seconds) * 1000) })}\n`)
cpSync('src/acta/presidential-2024-tiles.csv', 'dist/acta/presidential-2024-tiles.csv')
chmodSync('dist/cli/testigo.js', 0o755)
