// Picks, from the fonts' own stylesheets, the scripts of the network's languages: Latin, Latin Extended, Cyrillic.
import { readFile } from 'node:fs/promises'
import path from 'node:path'

const sheets = [
  '@fontsource-variable/inter/wght.css',
  '@fontsource-variable/source-serif-4/wght.css',
  '@fontsource-variable/source-serif-4/wght-italic.css',
]
const wanted = /-(latin|latin-ext|cyrillic)-wght-/

export async function fontFaces(root) {
  const faces = []
  for (const sheet of sheets) {
    const text = await readFile(path.join(root, 'node_modules', sheet), 'utf8')
    for (const face of text.match(/@font-face\s*{[^}]*}/g)) {
      if (wanted.test(face)) faces.push(face.replaceAll('./files/', path.dirname(sheet) + '/files/'))
    }
  }
  if (faces.length !== sheets.length * 3) throw new Error(`expected ${sheets.length * 3} fonts, found ${faces.length}`)
  return faces.join('\n')
}
