package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/internal/i18n"
	"tribuna/internal/validation"
	"tribuna/models"
)

// reservePlaces is how many places in line the form offers.
const reservePlaces = 6

// invited is what the form says of each expert: the values of the field "expert[<id>]".
const (
	inviteNow     = "invite"
	reservePrefix = "reserve:"
)

// reviewStartView is the page on which the experts of a round are chosen, and the one that says who gets what mail.
type reviewStartView struct {
	actView
	Confirm bool
	Version string // id of the text
	Number  int    // of the version
	Round   int
	Enough  int // as the procedure says
	Finder  *finder
	Experts []expertRow
	Places  []Option
	// NotAskable is how many of those the address names cannot be asked any more.
	NotAskable int
	NoMeasure  bool
	PutIn      *toPutIn      // accepted suggestions that this text does not hold; nil: none
	Mode       anonymityMode // of the round
	Tells      []string      // names in the text by which a reviewer who must not learn it would learn who wrote it

	Invited, Reserve []expertRow
	Partners         []partnerRow
	Uncovered        i18n.Words // names of countries without a partner
	LeadAsked        bool       // in the place of the partners missing there
	DueText          time.Time
	Short            string // why the time is shorter than usual; "" where it is not
	Respond          time.Time
	Zone             *time.Location
}

// expertRow is an expert with the reasons for and against asking them.
type expertRow struct {
	ID, Field string
	Name      string
	Language  string // of the mail
	Topics    []i18n.Words
	Country   i18n.Words // name, if the recommendation concerns it
	Reads     bool
	Own       bool // the text is of their own organisation
	Reviewed  bool // answered about it, in a round before
	NotBefore bool // was asked about it in vain
	Open, Max int

	Challenges int // of the recommendation's, on which they have reviewed
}

// Find is what an expert is found by.
func (e expertRow) Find() string {
	about := []string{e.Name, e.Country.Text}
	for _, topic := range e.Topics {
		about = append(about, topic.Text)
	}
	return models.Folded(strings.Join(about, " "))
}

// experts are those that were found or chosen.
func (f *finder) experts(rows []expertRow, chosen func(expertRow) bool) []expertRow {
	return slices.DeleteFunc(rows, func(e expertRow) bool { return !f.Finds(chosen(e), e.Find()) })
}

func (s *Server) startReview(w http.ResponseWriter, r *http.Request) error {
	a, err := s.beginAct(r, access.StartReview, false)
	if err != nil {
		return err
	}
	if err := a.rec.Possible(models.DecideStartReview); err != nil {
		return err
	}
	if a.form.Form.Values, err = s.proposal(r.Context(), a.rec, r.URL.Query()["expert"]); err != nil {
		return err
	}
	return s.showReviewStart(w, r, a, false)
}

// takeStartReview shows who will get what mail first; the second time it sends.
func (s *Server) takeStartReview(w http.ResponseWriter, r *http.Request) error {
	a, err := s.beginAct(r, access.StartReview, false)
	if err != nil {
		return err
	}
	payload, err := readRound(a.form.Form)
	do := r.PostFormValue("do")
	if err == nil {
		err = s.enoughInvited(r.Context(), a.rec, payload)
	}
	if err == nil {
		err = s.allOffered(r.Context(), a.rec, payload, a.form.Form)
	}
	if finding(r) {
		err = nil
	}
	if err == nil && do == "send" {
		var done bool
		said := Localizer(r).N("officer.start_review.done", len(payload.Invite))
		if done, err = s.take(w, r, a, models.DecideStartReview, payload, said); done {
			return nil
		}
	}
	confirm := err == nil && do == "check"
	if err := a.again(r, err); err != nil {
		return err
	}
	return s.showReviewStart(w, r, a, confirm)
}

// enoughInvited blames a round in which so few are invited that what they say could be told to be theirs.
func (s *Server) enoughInvited(ctx context.Context, rec *models.Recommendation, p models.StartReviewPayload) error {
	procedure, err := models.ProcedureByID(ctx, s.DB, rec.ProcedureID)
	if err != nil {
		return err
	}
	bad, fewest := apperr.New(apperr.CodeInvalid), procedure.Document.Review.Fewest()
	if len(p.Invite) < fewest {
		bad.And("invite", "fewest", "min", fewest)
	} else if p.Enough > 0 && p.Enough < fewest { // 0: as the procedure says
		bad.And("enough", "range", "min", fewest, "max", len(p.Invite))
	}
	return bad.OrNil()
}

// allOffered names somebody chosen whom the page does not offer, and says why: forms stay open for long, and addresses are typed. It names,
// too, who has the number in reserve that another one has.
func (s *Server) allOffered(ctx context.Context, rec *models.Recommendation, p models.StartReviewPayload, f *Form) error {
	offered, err := s.expertsFor(ctx, rec, nil)
	if err != nil {
		return err
	}
	for _, id := range append(slices.Clone(p.Invite), p.Reserve...) {
		if slices.ContainsFunc(offered, func(e models.Expert) bool { return e.ID == id }) {
			continue
		}
		person, err := models.PersonByID(ctx, s.DB, id)
		if err != nil {
			return apperr.Invalid("invite", "unknown")
		}
		knows, err := s.knowsAuthors(ctx, rec, id)
		if err != nil {
			return err
		}
		if knows {
			return apperr.Invalid("invite", "expert_knows", "name", person.Name)
		}
		return apperr.Invalid("invite", "expert_not_free", "name", person.Name)
	}
	return placedOnce(offered, f)
}

// placedOnce blames those who have a number in reserve that somebody further up the page has: who comes first would be chance.
func placedOnce(offered []models.Expert, f *Form) error {
	bad, first := apperr.New(apperr.CodeInvalid), map[string]string{}
	for _, e := range offered {
		choice := f.Value(expertField(e.ID))
		place, reserved := strings.CutPrefix(choice, reservePrefix)
		switch {
		case !reserved:
		case first[choice] == "":
			first[choice] = e.Name
		default:
			bad.And(expertField(e.ID), "place_taken", "name", first[choice], "place", place)
		}
	}
	return bad.OrNil()
}

// knowsAuthors reports whether somebody cannot be asked in a double-anonymised round because they learn who wrote the text.
func (s *Server) knowsAuthors(ctx context.Context, rec *models.Recommendation, person uuid.UUID) (bool, error) {
	procedure, err := models.ProcedureByID(ctx, s.DB, rec.ProcedureID)
	if err != nil || procedure.Document.Review.HowAnonymous() != models.AnonymityDouble {
		return false, err
	}
	return models.KnowsAuthors(ctx, s.DB, rec, person)
}

// proposal fills the form with whom is proposed, the best fit first: as many as are enough to invite, the next in reserve.
// Where the address names whom to invite, it is those, and the others in reserve.
func (s *Server) proposal(ctx context.Context, rec *models.Recommendation, named []string) (url.Values, error) {
	procedure, err := models.ProcedureByID(ctx, s.DB, rec.ProcedureID)
	if err != nil {
		return nil, err
	}
	enough := procedure.Document.Review.Enough
	values := url.Values{"enough": {strconv.Itoa(enough)}, "version_id": {rec.CurrentVersionID.String()}}
	experts, err := s.expertsFor(ctx, rec, nil)
	invite := enough
	if len(named) > 0 { // nobody else is invited in the place of one of them who cannot be
		invite = len(slices.DeleteFunc(slices.Clone(named), func(id string) bool {
			return !slices.ContainsFunc(experts, func(e models.Expert) bool { return e.ID.String() == id && e.Proposable() })
		}))
	}
	slices.SortStableFunc(experts, func(a, b models.Expert) int { return namedFirst(named, a) - namedFirst(named, b) })
	place := 0
	for _, e := range experts {
		if !e.Proposable() || place >= invite+enough {
			continue
		}
		choice := inviteNow
		if place >= invite {
			choice = fmt.Sprint(reservePrefix, place-invite+1)
		}
		values.Set(expertField(e.ID), choice)
		place++
	}
	return values, err
}

func namedFirst(named []string, e models.Expert) int {
	if slices.Contains(named, e.ID.String()) {
		return 0
	}
	return 1
}

// allExperts is more than any network has: the officer may want somebody in particular, not only the best fit.
const allExperts = 500

func (s *Server) expertsFor(ctx context.Context, rec *models.Recommendation, exclude []uuid.UUID) ([]models.Expert, error) {
	f := models.WantedFor(rec)
	f.Exclude, f.Limit = exclude, allExperts
	procedure, err := models.ProcedureByID(ctx, s.DB, rec.ProcedureID)
	if err != nil {
		return nil, err
	}
	experts, err := models.ExpertsFor(ctx, s.DB, f)
	if err != nil || procedure.Document.Review.HowAnonymous() != models.AnonymityDouble {
		return experts, err
	}
	return models.Unaware(ctx, s.DB, rec, experts)
}

func expertField(id uuid.UUID) string { return "expert[" + id.String() + "]" }

// readRound reads who is invited, who stands in reserve and in which order, and how many answers are enough.
func readRound(f *Form) (models.StartReviewPayload, error) {
	bad := apperr.New(apperr.CodeInvalid)
	p := models.StartReviewPayload{VersionID: readID(bad, "version_id", f.Value("version_id")), Enough: readNumber(bad, "enough", f.Value("enough"))}
	type waiting struct {
		id    uuid.UUID
		place int
	}
	var line []waiting
	for field := range f.Values {
		id, is := expertOf(field)
		choice := f.Value(field)
		if !is || choice == "" {
			continue
		}
		if place, err := strconv.Atoi(strings.TrimPrefix(choice, reservePrefix)); err == nil {
			line = append(line, waiting{id, place})
		} else if choice == inviteNow {
			p.Invite = append(p.Invite, id)
		} else {
			bad.And(field, "choice")
		}
	}
	slices.SortFunc(p.Invite, func(a, b uuid.UUID) int { return strings.Compare(a.String(), b.String()) })
	sort.Slice(line, func(i, j int) bool {
		if line[i].place != line[j].place {
			return line[i].place < line[j].place
		}
		return line[i].id.String() < line[j].id.String()
	})
	for _, e := range line {
		p.Reserve = append(p.Reserve, e.id)
	}
	if err := bad.Take(p.CheckEnough()); err != nil {
		return p, err
	}
	return p, bothFaults(bad, validation.Check(p))
}

// nameExperts says of what is wrong about an expert whose row it is.
func (f *Form) nameExperts(rows []expertRow) {
	for _, row := range rows {
		f.calls(row.Field, row.Name)
	}
}

func expertOf(field string) (uuid.UUID, bool) {
	inner, is := strings.CutPrefix(field, "expert[")
	id, err := uuid.Parse(strings.TrimSuffix(inner, "]"))
	return id, is && err == nil
}

func (s *Server) showReviewStart(w http.ResponseWriter, r *http.Request, a *officerAct, confirm bool) error {
	l, ctx := Localizer(r), r.Context()
	version, procedure, err := s.currentText(ctx, a.rec)
	if err != nil {
		return err
	}
	if !confirm { // the text that the page shows is the one that is sent
		a.form.Form.Values.Set("version_id", version.ID.String())
	}
	v := reviewStartView{actView: s.newActView(r, a, l.T("officer.start_review.title")), Confirm: confirm, Version: a.form.Form.Value("version_id"),
		Number: version.Number, Round: a.rec.Round + 1, Enough: procedure.Document.Review.Enough, NoMeasure: len(version.Measures) == 0}
	if v.PutIn, err = s.suggestionsToPutIn(ctx, a.visitor, a.rec); err != nil {
		return err
	}
	mode := procedure.Document.Review.HowAnonymous()
	v.Mode = anonymityMode{l.T("anonymity.mode." + mode), l.T("procedure.choice.review.anonymity." + mode), mode != models.AnonymityOpen}
	if mode == models.AnonymityDouble {
		if v.Tells, err = models.TellsAuthors(ctx, s.DB, a.rec, version); err != nil {
			return err
		}
	}
	experts, err := s.expertsFor(ctx, a.rec, nil)
	if err != nil {
		return err
	}
	if v.Experts, err = s.expertRows(ctx, l, a.rec, experts); err != nil {
		return err
	}
	a.form.Form.nameExperts(v.Experts)
	for _, id := range r.URL.Query()["expert"] {
		if !slices.ContainsFunc(experts, func(e models.Expert) bool { return e.ID.String() == id && e.Proposable() }) {
			v.NotAskable++
		}
	}
	v.Places = reserveOptions(l)
	if !confirm {
		v.Finder = newFinder(a.form.Form, "experts", l.T("officer.start_review.experts"), "experts")
		v.Experts = v.Finder.experts(v.Experts, func(e expertRow) bool { return a.form.Form.Value(e.Field) != "" })
	}
	if confirm {
		v.Title = l.T("officer.start_review.confirm_title")
		if err := s.fillConfirm(ctx, l, a, procedure.Document, &v); err != nil {
			return err
		}
	}
	s.Engine.Render(w, r, a.form.status, "review_start", v)
	return nil
}

func reserveOptions(l *i18n.Localizer) []Option {
	options := []Option{{Value: inviteNow, Label: l.T("officer.expert.invite")}}
	for i := range reservePlaces {
		options = append(options, Option{Value: fmt.Sprint(reservePrefix, i+1), Label: l.T("officer.expert.reserve", "Place", l.Number(i+1))})
	}
	return options
}

func (s *Server) expertRows(ctx context.Context, l *i18n.Localizer, rec *models.Recommendation, experts []models.Expert) ([]expertRow, error) {
	topics, err := models.Topics(ctx, s.DB)
	if err != nil {
		return nil, err
	}
	countries, err := models.Countries(ctx, s.DB)
	if err != nil {
		return nil, err
	}
	rows := make([]expertRow, 0, len(experts))
	for _, e := range experts {
		row := expertRow{ID: e.ID.String(), Field: expertField(e.ID), Name: e.Name, Language: e.Person.Language, Reads: e.ReadsLanguage,
			Own: e.OwnText, Reviewed: e.ReviewedBefore, NotBefore: e.NotBefore, Challenges: e.ChallengesMatched, Open: e.OpenReviews, Max: e.MaxOpen}
		for _, t := range topics {
			if slices.Contains(rec.Topics, t.Slug) && slices.Contains(e.Topics, t.Slug) {
				row.Topics = append(row.Topics, l.Name(t.Names))
			}
		}
		for _, c := range countries {
			if c.Code == e.CountryCode && e.KnowsCountry {
				row.Country = l.Name(c.Names)
			}
		}
		rows = append(rows, row)
	}
	return rows, nil
}
