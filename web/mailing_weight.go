package web

import (
	"net/http"

	"tribuna/internal/i18n"
	"tribuna/internal/mail"
	"tribuna/models"
)

// From here on it is worth to say how much a mailing weighs: a letter that is more than words, to so many that it comes to a gigabyte.
const (
	heavyLetter  = 200 << 10 // bytes as it travels
	heavyMailing = 1 << 30   // bytes of all letters
)

// weightView says that the letters of a mailing are heavy.
type weightView struct{ Letter, Gigabytes string }

// weightOf is nil where nothing has to be said.
func weightOf(l *i18n.Localizer, letter int64, people int) *weightView {
	all := letter * int64(people)
	if letter < heavyLetter || all < heavyMailing {
		return nil
	}
	return &weightView{Letter: kilobytes(l, letter), Gigabytes: l.Number(int((all + heavyMailing - 1) / heavyMailing))}
}

// heaviest is the size of the largest letter of a mailing as it travels, emblems and all that goes along included.
func (s *Server) heaviest(r *http.Request, c mailingCase) (int64, error) {
	composer, most := mail.NewComposer(s.DB, s.Links, s.BaseURL), int64(0)
	for _, t := range c.m.Texts {
		letter, err := composer.PreviewMailing(r.Context(), c.m, t.Language, models.MailReader{}, s.Now())
		if err != nil {
			return 0, err
		}
		most = max(most, letter.Size)
	}
	return most, nil
}
