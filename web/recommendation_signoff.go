package web

import (
	"context"
	"html/template"
	"slices"
	"time"

	"github.com/google/uuid"

	"tribuna/internal/i18n"
	"tribuna/models"
)

// signOffStanding is where the sign-off stands: the rule, what came, what is still needed, and who answered what.
type signOffStanding struct {
	Rule    string
	Needed  []string
	Answers []signOffRow
	Met     bool
}

// Conditions are the answers of those who approved with a condition, which stands when the text is published.
func (v signOffStanding) Conditions() []signOffRow {
	return slices.DeleteFunc(slices.Clone(v.Answers), func(r signOffRow) bool { return !r.Conditional })
}

// signOffRow is an organisation asked, with its answer.
type signOffRow struct {
	Organisation string
	State        Badge
	Reason       template.HTML // "" where the reader may not see it
	Lang         string        // of the reason; "" where nobody said
	At           time.Time     // zero: no answer yet
	Due          time.Time
	Zone         *time.Location
	Open         bool
	Conditional  bool // approved, and the reason is the condition
	Lost         []undeliveredRow
}

// signOffStanding returns where the sign-off of the accepted version stands; nil before anybody was asked. It is for readers who see
// what is said within the network.
func (s *Server) signOffStanding(ctx context.Context, l *i18n.Localizer, rec *models.Recommendation, reader models.Viewer, zone *time.Location) (*signOffStanding, error) {
	if rec.AcceptedVersionID == nil {
		return nil, nil
	}
	tasks, err := models.SignOffTasks(ctx, s.DB, *rec.AcceptedVersionID)
	if err != nil || len(tasks) == 0 {
		return nil, err
	}
	answers, err := models.SignOffs(ctx, s.DB, *rec.AcceptedVersionID)
	if err != nil {
		return nil, err
	}
	procedure, err := models.ProcedureByID(ctx, s.DB, rec.ProcedureID)
	if err != nil {
		return nil, err
	}
	rules := procedure.Document.SignOff
	tally := rules.Tally(tasks, answers)
	v := &signOffStanding{Rule: signOffRule(l, rules), Needed: tallyWords(l, tally), Met: tally.Met}
	units, err := models.AskedUnits(ctx, s.DB, rec.ID)
	if err != nil {
		return nil, err
	}
	lost, err := models.UndeliveredOf(ctx, s.DB, reader, rec.ID)
	if err != nil {
		return nil, err
	}
	given := map[uuid.UUID]models.SignOff{}
	for _, so := range answers {
		given[so.TaskID] = so
	}
	for _, t := range tasks {
		row, err := newSignOffRow(l, t, units[t.ID], given)
		if err != nil {
			return nil, err
		}
		row.Zone = zone
		row.Lost = undeliveredRows(l, reader, rec, lost[t.ID], zone)
		v.Answers = append(v.Answers, row)
	}
	return v, nil
}

func newSignOffRow(l *i18n.Localizer, t models.Task, unit models.AskedUnit, given map[uuid.UUID]models.SignOff) (row signOffRow, err error) {
	row = signOffRow{Organisation: l.ForUnit(unit.Name, unit.Concerned...), Due: t.DueAt, Open: t.State == models.TaskOpen,
		State: Badge{Tone: "plain", Icon: "clock", Text: l.T("signoff.awaited")}}
	if t.WaitsAgain() {
		row.State = Badge{Tone: "wait", Icon: "arrow-back-up", Text: l.T("signoff.taken_back")}
	}
	so, answered := given[t.ID]
	if !answered {
		return row, nil
	}
	row.Organisation = l.ForUnit(unit.Name, so.Speaker)
	row.State, row.At, row.Lang = signOffBadge(l, so.Answer), so.AnsweredAt, so.WrittenIn
	row.Conditional = so.Answer == models.SignOffApproveWithCondition
	row.Reason, err = renderWords(so.Reason, "so-"+t.ID.String()[24:])
	return row, err
}
