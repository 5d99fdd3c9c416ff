// Long answers keep themselves on the device while they are written, and are forgotten once they were recorded. Forms
// ask for it with data-keep="name"; the page after the answer says data-forget="name". A form that stays after it was sent
// says what its words would come after, data-keep-after: once that is something else, they were sent. A form that goes on
// with what the server kept says when that was, data-kept-since.
const prefix = 'kept:'
const pause = 400
const weeks = 60 * 24 * 3600 * 1000

export function keepWords(doc) {
  const store = storage()
  if (!store) return
  doc.querySelectorAll('[data-forget]').forEach((e) => forget(store, prefix + e.dataset.forget))
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
  const after = form.dataset.keepAfter
  if (read(store, name)?.after !== after) store.removeItem(name)
  restore(form, store, name, before)
  let timer // not set anew by every key: whoever never rests is kept too
  form.addEventListener('input', () => {
    timer ??= setTimeout(() => {
      timer = undefined
      put(store, name, { at: Date.now(), before, after, words: fields(form) })
    }, pause)
  })
}

// What was kept comes back only into the form it was typed into: where the server's words have changed since, or the
// form came back with what was typed, the page is newer than the device. A form that goes on with what the server kept
// takes from the device what was typed after that, where it goes on with it too.
function restore(form, store, name, before) {
  const kept = read(store, name)
  if (!kept || form.ownerDocument.getElementById('error-summary')) return
  const same = kept.before === before
  if (!same && !(kept.at > Number(form.dataset.keptSince))) return
  form.dispatchEvent(new CustomEvent('restoring', { detail: kept.words })) // there may be too few fields
  for (const [field, values] of Object.entries(kept.words)) {
    const places = [...form.elements].filter((e) => e.name === field)
    if (same || goesOn(places, values)) places.forEach((e, i) => fill(e, values, i))
  }
  form.dispatchEvent(new Event('restored'))
}

// Of choices those that the server knows stand.
function goesOn(places, values) {
  return places.every((e, i) => (chosen(e) ? !e.checked : (values[i] ?? '').startsWith(e.value)))
}

function chosen(element) {
  return element.type === 'radio' || element.type === 'checkbox'
}

function fill(element, values, i) {
  if (chosen(element)) {
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
    if (chosen(e)) {
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

// What was typed beside the answer goes with it.
function forget(store, name) {
  for (const n of Object.keys(store)) {
    if (n === name || n.startsWith(name + ':')) store.removeItem(n)
  }
}

function forgetOld(store) {
  for (const name of Object.keys(store)) {
    if (name.startsWith(prefix) && !(read(store, name)?.at > Date.now() - weeks)) store.removeItem(name)
  }
}
