// Leaves of Tabler only what a template, a script or the server's code mentions.
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { PurgeCSS } from 'purgecss'

// Classes that are put together at run time, so that no file spells them out.
const setAtRunTime = [/^htmx-/, /^is-/, /^has-/, /^mark-/, /^notice-/]

export async function purgeTabler(root) {
  const file = path.join(root, 'node_modules/@tabler/core/dist/css/tabler.min.css')
  const [purged] = await new PurgeCSS().purge({
    content: ['web/views/**/*.html', 'web/*.go', 'web/assets/**/*.js'].map((p) => path.join(root, p)),
    css: [{ raw: await readFile(file, 'utf8') }],
    defaultExtractor: (text) => text.match(/[A-Za-z0-9_/-]+/g) ?? [],
    safelist: { standard: setAtRunTime },
    blocklist: [/^theme-/],
    variables: true,
    keyframes: true,
    fontFace: true,
  })
  return purged.css.replace(/\/\*#\s*sourceMappingURL=.*?\*\//g, '')
}
