// Makes one sprite of the icons that templates and the server's code use.
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'

const patterns = [/\b(?:icon|emptybox)\s+"([a-z0-9-]+)"/g, /\bbadge\s+"[a-z]+"\s+"([a-z0-9-]+)"/g, /\bIcon:\s*"([a-z0-9-]+)"/g]

export async function sprite(root) {
  const always = JSON.parse(await readFile(path.join(root, 'web/assets/icons.json'), 'utf8'))
  const names = new Set(always)
  for (const file of await sources(path.join(root, 'web'))) {
    const text = await readFile(file, 'utf8')
    for (const p of patterns) for (const m of text.matchAll(p)) names.add(m[1])
  }
  const sorted = [...names].sort()
  const symbols = await Promise.all(sorted.map((name) => symbol(root, name)))
  return { names: sorted, svg: `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>\n` }
}

async function sources(dir) {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true })
  return entries
    .filter((e) => e.isFile() && /\.(html|go)$/.test(e.name) && !e.name.endsWith('_test.go'))
    .map((e) => path.join(e.parentPath ?? e.path, e.name))
}

async function symbol(root, name) {
  const file = path.join(root, 'node_modules/@tabler/icons/icons/outline', name + '.svg')
  const svg = await readFile(file, 'utf8').catch(() => {
    throw new Error(`there is no icon named "${name}"`)
  })
  const shapes = svg
    .replace(/^[\s\S]*?<svg[^>]*>/, '')
    .replace(/<\/svg>[\s\S]*$/, '')
    .replace(/<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*\/>/, '')
    .replace(/\s+/g, ' ')
    .trim()
  return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round">${shapes}</symbol>`
}
