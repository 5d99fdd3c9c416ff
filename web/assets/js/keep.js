// Long answers keep themselves on the device while they are written, and are forgotten once they were recorded. Forms
// ask for it with data-keep="name"; the page after the answer says data-forget="name".
const prefix = 'kept:'
const weeks = 60 * 24 * 3600 * 1000

export function keepWords(doc) {
  const store = storage()
  if (!store) return
  doc.querySelectorAll('[data-forget]').forEach((e) => store.removeItem(prefix + e.dataset.forget))
  doc.querySelectorAll('form[data-keep]').forEach((form) => keep(form, store))
  forgetOld(store)
}

function storage() {
  try {
    return window.localStorage
  } catch {
    return null // switched off in this browser
  }
}

function keep(form, store) {
  const name = prefix + form.dataset.keep
  const before = JSON.stringify(fields(form))
  restore(form, store, name, before)
  let timer
  form.addEventListener('input', () => {
    clearTimeout(timer)
    timer = setTimeout(() => put(store, name, { at: Date.now(), before, words: fields(form) }), 400)
  })
}

// What was kept comes back only into the form it was typed into: where the server's words have changed since, or the
// form came back with what was typed, the page is newer than the device.
function restore(form, store, name, before) {
  const kept = read(store, name)
  if (!kept || kept.before !== before || form.ownerDocument.getElementById('error-summary')) return
  form.dispatchEvent(new CustomEvent('restoring', { detail: kept.words })) // there may be too few fields
  for (const [field, values] of Object.entries(kept.words)) {
    ;[...form.elements].filter((e) => e.name === field).forEach((e, i) => fill(e, values, i))
  }
  form.dispatchEvent(new Event('restored'))
}

function fill(element, values, i) {
  if (element.type === 'radio' || element.type === 'checkbox') {
    element.checked = values.includes(element.value)
    return
  }
  const value = values[i] ?? ''
  if (element.value === value) return
  element.value = value
  element.closest('details')?.setAttribute('open', '')
}

function fields(form) {
  const words = {}
  for (const e of form.elements) {
    if (!e.name || (e.type === 'hidden' && !('kept' in e.dataset)) || e.type === 'submit' || e.type === 'file') continue
    words[e.name] ??= []
    if (e.type === 'radio' || e.type === 'checkbox') {
      if (e.checked) words[e.name].push(e.value)
    } else {
      words[e.name].push(e.value)
    }
  }
  return words
}

function read(store, name) {
  try {
    return JSON.parse(store.getItem(name))
  } catch {
    return null
  }
}

function put(store, name, value) {
  try {
    store.setItem(name, JSON.stringify(value))
  } catch {
    // full: the words are still on the page
  }
}

function forgetOld(store) {
  for (const name of Object.keys(store)) {
    if (name.startsWith(prefix) && !(read(store, name)?.at > Date.now() - weeks)) store.removeItem(name)
  }
}
