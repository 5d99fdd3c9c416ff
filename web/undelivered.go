package web

import (
	"net/http"
	"time"

	"tribuna/internal/access"
	"tribuna/internal/i18n"
	"tribuna/models"
)

// undeliveredRow says that the last mail about a question did not reach somebody, what that means for the next ones, and what to do.
type undeliveredRow struct {
	Says, Then string
	Next       string // "" for who does not decide
	Person     string // where the address is corrected; "" for who may not
	Name       string // whose address
	Behalf     string // where an answer that comes in another way is recorded; "" where there is none
}

// undeliveredRows say it of one question, to who may know those asked.
//
//i18n:keys undelivered.why.*
func undeliveredRows(l *i18n.Localizer, v models.Viewer, r *models.Recommendation, list []models.Undelivered, zone *time.Location) []undeliveredRow {
	var rows []undeliveredRow
	for _, u := range list {
		row := undeliveredRow{Name: u.Person, Says: l.T("undelivered.why."+string(u.Why), "Name", u.Person, "Date", l.Date(u.At, zone)), Then: l.T("undelivered.goes_on")}
		if u.Stopped != "" {
			row.Then = l.T("undelivered.stopped")
		}
		if v.Owns(r) {
			row.Next = l.T("undelivered.next")
			// A review is recorded from its round, which says whether that may be while it hides who said what.
			if _, byMail := behalfKinds[u.Kind]; byMail && u.Kind != models.TaskReview && r.Possible(behalfKinds[u.Kind]) == nil {
				row.Behalf = recommendationPath(r.ID) + "/on-behalf?task=" + u.TaskID.String()
			}
		}
		if v.May(access.Administer) {
			row.Person = personPath(u.PersonID)
		}
		rows = append(rows, row)
	}
	return rows
}

// lostRow is a text of which mails reached nobody, on the desk of who is in charge.
type lostRow struct {
	Href, Title, Lang string
	Says              string
	Since             time.Time
	Zone              string
}

// lostMails are those that wait for the visitor to look after them.
func (s *Server) lostMails(r *http.Request, v *visitor) ([]lostRow, error) {
	l := Localizer(r)
	list, err := models.UndeliveredTexts(r.Context(), s.DB, v.viewer())
	rows := make([]lostRow, 0, len(list))
	for _, text := range list {
		row := lostRow{Href: recommendationPath(text.RecommendationID) + "#awaited", Title: text.Title, Lang: text.Language,
			Says: l.N("undelivered.count", text.Mails), Since: text.Since, Zone: zoneName(r)}
		if text.Round > 0 {
			row.Href = recommendationPath(text.RecommendationID) + "/round"
		}
		rows = append(rows, row)
	}
	return rows, err
}
