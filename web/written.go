package web

import (
	"html/template"
	"net/http"

	"tribuna/internal/i18n"
	"tribuna/models"
)

// writtenIn reads in which language the words of a form are.
func writtenIn(r *http.Request) models.Written {
	return models.Written{WrittenIn: r.PostFormValue("written_in")}
}

// writtenInput asks in which language somebody writes. It begins with the page's, which they see and can change; another
// than those the pages speak is left open.
func writtenInput(l *i18n.Localizer, f *Form) Input {
	in := languageInput(f, "written_in", l.T("written.in"), l.T("written.another"))
	if f == nil || !f.Values.Has("written_in") {
		in.Value = l.Tag()
	}
	return in
}

// writtenInputTo is writtenInput where it is known who reads the words: it says in which languages (readers); "" says nothing.
func writtenInputTo(l *i18n.Localizer, f *Form, readers string) Input {
	in := writtenInput(l, f)
	if readers != "" {
		in.Help = l.T("responses.readers", "Languages", readers)
	}
	return in
}

// sourceInput asks in which language a source's title is. It begins with nothing: a source is in whichever language it is.
func sourceInput(l *i18n.Localizer, f *Form) Input {
	return languageInput(f, "source_language", l.T("written.source"), l.T("written.unsaid"))
}

func languageInput(f *Form, name, label, other string) Input {
	in := Input{Name: name, Label: label, Type: "select", Form: f, Value: f.Value(name), Error: f.Error(name), Any: other, Quiet: true}
	for _, tag := range i18n.Tags() {
		in.Options = append(in.Options, Option{Value: tag, Label: i18n.NativeLanguage(tag), Lang: tag})
	}
	return in
}

// spoken marks rendered words with the language they are in, so that they are read out in it; "" leaves them as they are.
func spoken(words template.HTML, language string) template.HTML {
	if words == "" || language == "" {
		return words
	}
	//nolint:gosec // rendered by the sanitiser; the tag is escaped
	return `<div lang="` + template.HTML(template.HTMLEscapeString(language)) + `">` + words + `</div>`
}
