// Leaves of Tabler only what a template, a script or the server's code mentions.
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { PurgeCSS } from 'purgecss'

// Classes that are put together at run time, so that no file spells them out.
const setAtRunTime = [/^htmx-/, /^is-/, /^has-/, /^mark-/, /^notice-/]

// Classes that our sheets refine; every other class that they define is ours alone, and what Tabler happens to say
// about one of that name is left out.
const refined = /^(btn|btn-.*|form-.*|table|icon|visually-hidden|lead)$/

async function ownClasses(root) {
  const folder = path.join(root, 'web/assets/css')
  const sheets = await Promise.all((await readdir(folder)).map((f) => readFile(path.join(folder, f), 'utf8')))
  const names = new Set(sheets.join('').match(/\.[a-z][a-z0-9-]*/g).map((c) => c.slice(1)))
  return [...names].filter((n) => !refined.test(n))
}

export async function purgeTabler(root) {
  const file = path.join(root, 'node_modules/@tabler/core/dist/css/tabler.min.css')
  const [purged] = await new PurgeCSS().purge({
    content: ['web/views/**/*.html', 'web/*.go', 'web/assets/**/*.js'].map((p) => path.join(root, p)),
    css: [{ raw: await readFile(file, 'utf8') }],
    defaultExtractor: (text) => text.match(/[A-Za-z0-9_/-]+/g) ?? [],
    safelist: { standard: setAtRunTime },
    blocklist: [/^theme-/, ...(await ownClasses(root)).map((n) => new RegExp(`^${n}$`))],
    variables: true,
    keyframes: true,
    fontFace: true,
  })
  return purged.css.replace(/\/\*#\s*sourceMappingURL=.*?\*\//g, '')
}
