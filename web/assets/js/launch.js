// The button under the question when a mailing leaves says what will happen. Without the script it says that what is chosen will.
export function sayLaunch(doc) {
  const ready = () => doc.querySelectorAll('button[data-later]').forEach((button) => {
    const say = () => { button.querySelector('span').textContent = words(button, doc.documentElement.lang) }
    button.form.addEventListener('input', say)
    window.addEventListener('pageshow', say) // a browser may have filled the fields in anew
    say()
  })
  if (doc.readyState === 'loading') doc.addEventListener('DOMContentLoaded', ready)
  else ready()
}

function words(button, language) {
  const fields = button.form.elements
  if (fields.leaves.value !== 'later') return button.dataset.now
  const day = new Date(fields['when.day'].value + 'T12:00:00')
  const clock = fields['when.time'].value
  if (isNaN(day) || !clock) return button.dataset.laterOpen
  const date = new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, // the day before the month, as everywhere else
    { day: 'numeric', month: 'long', year: 'numeric' }).format(day)
  return button.dataset.later.replace('%s', () => date + ', ' + clock)
}
