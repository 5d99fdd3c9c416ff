package i18n

// Credit names a grant under what it wants said in a text of a language, and says so where its words exist in another only,
// given; "" where it says nothing.
func (l *Localizer) Credit(funder, number, language, given string) string {
	line := funder + ", " + l.T("published.grant", "Number", number)
	if given != "" && given != language {
		line += ". " + l.T("published.grant_instead", "Language", l.Language(language), "Given", l.Language(given))
	}
	return line
}
