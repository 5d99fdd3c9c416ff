// A text that is too long is never cut: the page says by how much while it is written, and the server refuses to record it
// and gives it back whole. Fields ask for it with data-limit, in characters, and data-over, the sentence to say.
export function watchLimits(doc) {
  const look = (field) => say(field, [...field.value].length, Number(field.dataset.limit))
  doc.addEventListener('input', (event) => {
    if (event.target.dataset?.limit) look(event.target)
  })
  const all = (within) => within.querySelectorAll('[data-limit]').forEach(look)
  all(doc)
  doc.addEventListener('restored', (event) => all(event.target), true)
}

function say(field, length, limit) {
  let note = field.nextElementSibling?.matches('[data-over-limit]') ? field.nextElementSibling : null
  if (length <= limit) {
    note?.remove()
    return
  }
  if (!note) {
    note = field.ownerDocument.createElement('p')
    note.className = 'field-error'
    note.setAttribute('role', 'status')
    note.dataset.overLimit = ''
    field.after(note)
  }
  note.textContent = `${length} / ${limit}. ${field.dataset.over}`
}
