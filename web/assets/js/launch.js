// The button under the question when a mailing leaves says what will happen. Without the script it says that what is chosen will.
export function sayLaunch(doc) {
  const ready = () => doc.querySelectorAll('button[data-later]').forEach((button) => {
    const say = () => { button.querySelector('span').textContent = words(button) }
    button.form.addEventListener('input', say)
    window.addEventListener('pageshow', say) // a browser may have filled the fields in anew
    say()
  })
  if (doc.readyState === 'loading') doc.addEventListener('DOMContentLoaded', ready)
  else ready()
}

function words(button) {
  const fields = button.form.elements
  if (fields.leaves.value !== 'later') return button.dataset.now
  const [year, month, day] = fields['when.day'].value.split('-')
  const clock = fields['when.time'].value
  if (!day || !clock) return button.dataset.laterOpen
  const when = button.dataset.days.split('|')[month - 1].replace('22', Number(day)).replace('2000', year).replace('03:33', clock)
  return button.dataset.later.replace('%s', () => when)
}
