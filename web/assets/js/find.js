// Long lists to choose from have a field that finds in them. Without a script its button shows the page again; with one the
// list follows every letter. What was chosen is always shown.
export function findInLists(doc) {
  doc.querySelectorAll('[data-find-in]').forEach((box) => begin(box, doc.getElementById(box.dataset.findIn)))
}

const cyrillic = { щ: 'st', ю: 'iu', я: 'ia', љ: 'li', њ: 'ni', џ: 'dz', ß: 'ss', æ: 'ae', œ: 'oe', ь: '' }
const from = [...'абвгґдђеєэжзѕиіыјклмнопрстћуфхцчшъđłøıjy']
from.forEach((letter, i) => { cyrillic[letter] = 'abvggddeeezzziiiiklmnoprstcufhccsadloiii'[i] })

// As the server compares words: small letters without accents, Cyrillic ones as Latin ones.
function folded(text) {
  const plain = text.toLowerCase().normalize('NFKD').replace(/[\u0300-\u036f]/g, '')
  return [...plain].map((c) => cyrillic[c] ?? c).join('').replace(/i+/g, 'i').replace(/[^\p{L}\p{N}]+/gu, ' ').trim()
}

function begin(box, list) {
  if (!list) return
  const field = box.querySelector('input')
  const state = box.querySelector('[role=status]')
  const show = list.tagName === 'SELECT' ? options(list) : entries(list)
  let timer
  box.querySelector('button').remove() // not hidden: Enter in another field would still press it
  field.removeAttribute('name') // nobody sends what is only looked for
  const find = () => {
    const { shown, total } = show(folded(field.value).split(' '))
    const words = !field.value.trim() ? '' : shown ? state.dataset.shown.replace('%s', shown).replace('%t', total) : state.dataset.none
    clearTimeout(timer)
    timer = setTimeout(() => { state.textContent = words }, 250) // so that a screen reader is not told of every letter
  }
  field.addEventListener('input', (event) => {
    event.stopPropagation() // it is no word of the form's
    find()
  })
  for (const pressed of ['keydown', 'keypress']) { // a browser sends the form at either
    field.addEventListener(pressed, (event) => {
      if (event.key === 'Enter') event.preventDefault()
    })
  }
}

const holds = (text, words) => words.every((word) => text.includes(word))

// The options of a select are taken out and put back: not every browser hides them.
function options(list) {
  const all = [...list.options].map((option) => ({ option, text: folded(option.text) }))
  const total = all.filter(({ option }) => option.value).length
  return (words) => {
    const kept = all.filter(({ option, text }) => !option.value || option.selected || holds(text, words)).map(({ option }) => option)
    list.replaceChildren(...kept)
    return { shown: kept.filter((option) => option.value).length, total }
  }
}

// What a folded group is called is found as well.
const groupOf = (item) => item.closest('details[data-find-group]')?.querySelector('summary').textContent ?? ''

function entries(list) {
  const all = [...list.querySelectorAll('[data-find-item]')].map((item) => ({ item, text: item.dataset.findItem || folded(item.textContent + ' ' + groupOf(item)) }))
  const chosen = (item) => item.querySelector('input:checked') || item.querySelector('select')?.value
  return (words) => {
    all.forEach(({ item, text }) => { item.hidden = !chosen(item) && !holds(text, words) })
    list.querySelectorAll('[data-find-group]').forEach((group) => {
      group.hidden = !group.querySelector('[data-find-item]:not([hidden])')
      if (group.tagName === 'DETAILS' && words[0]) group.open = true
    })
    return { shown: all.filter(({ item }) => !item.hidden).length, total: all.length }
  }
}
