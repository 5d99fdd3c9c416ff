// What the pages of those who are asked need, and no more: they are read on slow telephones. They work without it.
import { guardForms } from './js/forms.js'
import { findInLists } from './js/find.js'
import { closeMenus } from './js/menus.js'
import { remarks } from './js/remarks.js'
import { keepWords } from './js/keep.js'
import { keepUnsent } from './js/unsent.js'
import { watchLimits } from './js/limits.js'
import { openFolded } from './js/opens.js'
import { keepHistory } from './js/history.js'

guardForms(document)
findInLists(document)
closeMenus(document)
remarks(document) // before what was typed is put back: it makes room for it
keepWords(document)
keepUnsent(document)
watchLimits(document)
openFolded(document)
keepHistory(document)
