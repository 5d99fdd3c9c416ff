// A letter that its reader sends themselves can be copied and printed with a button; without scripts one selects it, and prints by
// the browser's menu.
export function handLetters(doc) {
  doc.querySelectorAll('[data-print]').forEach((button) => {
    button.hidden = false
    button.addEventListener('click', () => doc.defaultView.print())
  })
  if (!navigator.clipboard) return
  doc.querySelectorAll('[data-copy]').forEach((button) => {
    button.hidden = false
    button.addEventListener('click', async () => {
      await navigator.clipboard.writeText(doc.getElementById(button.dataset.copy).innerText)
      let note = button.parentElement.querySelector('[role=status]')
      if (!note) {
        note = doc.createElement('span')
        note.setAttribute('role', 'status')
        button.parentElement.append(note)
      }
      note.textContent = button.dataset.copied
    })
  })
}
