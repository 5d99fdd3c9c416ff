package web

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/google/uuid"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/models"
)

// deliveriesView lists to whom a publication goes, and holds the form that records one delivery.
type deliveriesView struct {
	actView
	Deliveries []deliveryRow
	Current    *deliveryRow // the one to record; nil if none was chosen
}

// DeliveryPath is where a delivery is recorded.
func (v deliveriesView) DeliveryPath() string { return v.Action }

// deliveryRow is a delivery to one authority.
type deliveryRow struct {
	Authority    models.Names
	Address      []string // where a letter goes, in lines
	Email        string
	DeliveredOn  *time.Time
	ReplyDue     *time.Time
	Reference    string
	NotDelivered string
	Task         string // id of the open task; "" when it is on record
	Due          time.Time
	Zone         *time.Location
}

// Recorded reports whether it is on record if the authority has the recommendation.
func (d deliveryRow) Recorded() bool { return d.DeliveredOn != nil || d.NotDelivered != "" }

func (s *Server) deliveries(w http.ResponseWriter, r *http.Request) error {
	a, err := s.beginAct(r, access.RecordDelivery, false)
	if err != nil {
		return err
	}
	if wanted := r.FormValue("task"); wanted != "" {
		if a.task, err = s.taskFor(r.Context(), a.rec, wanted, false, []models.TaskKind{models.TaskDeliver}); err != nil {
			return err
		}
	}
	return s.showDeliveries(w, r, a)
}

func (s *Server) takeDelivery(w http.ResponseWriter, r *http.Request) error {
	a, err := s.beginAct(r, access.RecordDelivery, true, models.TaskDeliver)
	if err != nil {
		return err
	}
	payload, err := readDelivery(r)
	var done bool
	if err == nil {
		done, err = s.take(w, r, a, models.DecideRecordDelivery, payload, Localizer(r).T("officer.delivery.done"))
	}
	if done {
		return nil
	}
	if err := a.again(r, err); err != nil {
		return err
	}
	return s.showDeliveries(w, r, a)
}

// readDelivery reads the day and reference of a delivery, or why there was none. What was typed for the other case is
// no answer: the choice decides.
func readDelivery(r *http.Request) (models.DeliveryPayload, error) {
	bad := apperr.New(apperr.CodeInvalid)
	var p models.DeliveryPayload
	switch r.PostFormValue("outcome") {
	case "delivered":
		p.DeliveredOn = readDay(bad, "delivered_on", r.PostFormValue("delivered_on"))
		p.ReplyDue = readDay(bad, "reply_due", r.PostFormValue("reply_due"))
		p.Reference = words(r, "reference")
	case "not_delivered":
		if p.NotDelivered = words(r, "not_delivered"); p.NotDelivered == "" {
			bad.And("not_delivered", "required")
		}
	default:
		bad.And("outcome", "required")
	}
	return p, bad.OrNil()
}

func (s *Server) showDeliveries(w http.ResponseWriter, r *http.Request, a *officerAct) error {
	v := deliveriesView{actView: s.newActView(r, a, Localizer(r).T("officer.delivery.title"))}
	var err error
	if v.Deliveries, err = s.deliveryRows(r.Context(), a.visitor, a.rec); err != nil {
		return err
	}
	if i := slices.IndexFunc(v.Deliveries, func(d deliveryRow) bool { return a.task != nil && d.Task == a.task.ID.String() }); i >= 0 {
		v.Current = &v.Deliveries[i]
	}
	s.Engine.Render(w, r, a.form.status, "deliveries", v)
	return nil
}

// deliveryRows lists the deliveries of a recommendation with the open tasks about them.
func (s *Server) deliveryRows(ctx context.Context, v *visitor, rec *models.Recommendation) ([]deliveryRow, error) {
	deliveries, err := models.Deliveries(ctx, s.DB, rec.ID)
	if err != nil || len(deliveries) == 0 {
		return nil, err
	}
	open, err := models.Tasks(ctx, s.DB, models.TaskFilter{Recommendation: rec.ID, Kinds: []models.TaskKind{models.TaskDeliver}, OpenOnly: true})
	if err != nil {
		return nil, err
	}
	zone, err := s.zoneOf(ctx, v.Person)
	if err != nil {
		return nil, err
	}
	tasks := map[uuid.UUID]models.Task{}
	for _, t := range open {
		if t.SubjectID != nil {
			tasks[*t.SubjectID] = t
		}
	}
	rows := make([]deliveryRow, 0, len(deliveries))
	for _, d := range deliveries {
		authority, err := models.AuthorityByID(ctx, s.DB, d.AuthorityID)
		if err != nil {
			return nil, err
		}
		row := deliveryRow{Authority: authority.Names, Address: authority.AddressLines(), Email: authority.Email, DeliveredOn: d.DeliveredOn, ReplyDue: d.ReplyDue, Reference: d.Reference,
			NotDelivered: d.NotDelivered, Zone: zone}
		if t, is := tasks[d.ID]; is {
			row.Task, row.Due = t.ID.String(), t.DueAt
		}
		rows = append(rows, row)
	}
	return rows, nil
}
