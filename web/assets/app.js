// Everything here only improves pages that work without it.
import htmx from 'htmx.org'
import '@github/markdown-toolbar-element'
import { guardForms } from './js/forms.js'
import { findInLists } from './js/find.js'
import { announce } from './js/announce.js'
import { closeMenus } from './js/menus.js'
import { keepWords } from './js/keep.js'
import { keepLive } from './js/live.js'
import { keepUnsent } from './js/unsent.js'
import { pasteMarkdown } from './js/paste.js'
import { handLetters } from './js/letter.js'
import { watchLimits } from './js/limits.js'
import { sayLaunch } from './js/launch.js'
import { keepHistory } from './js/history.js'

window.htmx = htmx
guardForms(document)
findInLists(document)
announce(document)
closeMenus(document)
keepWords(document)
keepLive(document)
keepUnsent(document)
pasteMarkdown(document)
watchLimits(document)
handLetters(document)
sayLaunch(document)
keepHistory(document)
