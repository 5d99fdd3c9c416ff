package activities

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"tribuna/internal/apperr"
	"tribuna/internal/record"
	"tribuna/models"
)

// OpenPublication asks the officer to publish.
func (a *Activities) OpenPublication(ctx context.Context, s Step) (models.Position, error) {
	return a.step(ctx, s, "open_publication", func(ctx context.Context, x *act) error {
		if x.rec.Stage != models.StagePublication || x.rec.PublishedAt != nil {
			return errNotNow
		}
		if err := x.note(ctx, entry{verb: "publication.opened", visibility: record.Network, objectKind: "version", object: *x.rec.AcceptedVersionID}); err != nil {
			return err
		}
		return x.askOfficer(ctx, models.TaskPublish, func(t *models.Task) { t.VersionID = x.rec.AcceptedVersionID })
	})
}

// publish makes the accepted version and its approved translations public, asks for the delivery to every authority,
// and begins the follow-up of every measure at every authority.
func publish(ctx context.Context, x *act) error {
	v, err := models.VersionByID(ctx, x.tx, *x.rec.AcceptedVersionID)
	if err != nil {
		return err
	}
	texts, err := x.textsToPublish(ctx, v)
	if err != nil {
		return err
	}
	authorities := authoritiesOf(v)
	p := &models.Publication{ID: models.NewID(), RecommendationID: x.rec.ID, VersionID: v.ID, PublishedAt: x.now, Texts: texts}
	if err := p.Insert(ctx, x.tx, authorities); err != nil {
		return fmt.Errorf("publish: %w", err)
	}
	x.rec.PublishedAt = &x.now
	if err := x.rec.Save(ctx, x.tx, x.now); err != nil {
		return err
	}
	// What is left of the translations came too late.
	if err := x.closeTasks(ctx, models.TaskCancelled, models.ReasonOver); err != nil {
		return err
	}
	if err := x.markDone(ctx, x.task); err != nil {
		return err
	}
	if err := x.note(ctx, entry{verb: "publication.published", visibility: record.Public, objectKind: "version", object: v.ID, org: x.rec.OrganisationID,
		facts: map[string]string{"hash": v.Hash, "languages": fmt.Sprint(len(texts)), "authorities": fmt.Sprint(len(authorities))}}); err != nil {
		return err
	}
	if err := x.askDeliveries(ctx); err != nil {
		return err
	}
	return x.beginFollowUp(ctx, v)
}

// markDone sets right the task that caused the others to be closed.
func (x *act) markDone(ctx context.Context, t *models.Task) error {
	if t == nil {
		return nil
	}
	t.Close(models.TaskDone, x.now)
	return t.Save(ctx, x.tx)
}

func (x *act) textsToPublish(ctx context.Context, v *models.Version) ([]models.PublicationText, error) {
	texts := []models.PublicationText{{Language: x.rec.Language, Title: v.Title, Body: v.Body, Measures: publishedMeasures(v, nil)}}
	translations, err := models.Translations(ctx, x.tx, v.ID)
	if err != nil {
		return nil, err
	}
	for _, tr := range translations {
		if tr.State != models.TranslationApproved && tr.ApprovedAt == nil {
			continue
		}
		texts = append(texts, models.PublicationText{Language: tr.Language, Title: tr.Title, Body: tr.Body(),
			Measures: publishedMeasures(v, tr.MeasureTexts()), TranslationID: &tr.ID})
	}
	return texts, nil
}

func publishedMeasures(v *models.Version, translated map[uuid.UUID]string) []models.PublishedMeasure {
	measures := make([]models.PublishedMeasure, 0, len(v.Measures))
	for _, m := range v.Measures {
		text := m.Text
		if t := translated[m.ID]; t != "" {
			text = t
		}
		measures = append(measures, models.PublishedMeasure{ID: m.ID, Number: m.Number, Text: text, AuthorityIDs: m.AuthorityIDs})
	}
	return measures
}

// authoritiesOf lists every authority a version addresses, once, in the order of the measures.
func authoritiesOf(v *models.Version) []uuid.UUID {
	var all []uuid.UUID
	for _, m := range v.Measures {
		for _, a := range m.AuthorityIDs {
			if !slices.Contains(all, a) {
				all = append(all, a)
			}
		}
	}
	return all
}

func (x *act) askDeliveries(ctx context.Context) error {
	deliveries, err := models.Deliveries(ctx, x.tx, x.rec.ID)
	if err != nil {
		return err
	}
	for _, d := range deliveries {
		err := x.askOfficer(ctx, models.TaskDeliver, func(t *models.Task) {
			t.SubjectID, t.VersionID = &d.ID, x.rec.AcceptedVersionID
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// recordDelivery notes that an authority has the recommendation, or why it does not.
func recordDelivery(ctx context.Context, x *act) error {
	p, err := payload[models.DeliveryPayload](x)
	if err != nil {
		return err
	}
	d, err := models.DeliveryByID(ctx, x.tx, *x.task.SubjectID)
	if err != nil {
		return err
	}
	if err := x.fillDelivery(ctx, d, p); err != nil {
		return err
	}
	if err := d.Save(ctx, x.tx); err != nil {
		return err
	}
	if err := x.closeTask(ctx, x.task, models.TaskDone); err != nil {
		return err
	}
	verb := "delivery.recorded"
	if p.NotDelivered != "" {
		verb = "delivery.not_made"
	}
	return x.note(ctx, entry{verb: verb, visibility: record.Network, objectKind: "authority", object: d.AuthorityID, org: x.rec.OrganisationID,
		facts: deliveryFacts(d), texts: map[string]string{"reference": p.Reference, "not_delivered": p.NotDelivered}})
}

func (x *act) fillDelivery(ctx context.Context, d *models.Delivery, p models.DeliveryPayload) error {
	officer, err := x.officer(ctx)
	if err != nil {
		return err
	}
	zone, err := zoneOf(ctx, x.tx, officer.CountryCode)
	if err != nil {
		return err
	}
	d.DeliveredOn, d.Reference, d.ReplyDue, d.NotDelivered = p.DeliveredOn.Time(), p.Reference, p.ReplyDue.Time(), p.NotDelivered
	if d.DeliveredOn == nil {
		return nil
	}
	if p.NotDelivered != "" {
		return apperr.Invalid("not_delivered", "not_both")
	}
	if d.DeliveredOn.After(models.DayOf(x.now, zone)) {
		return apperr.Invalid("delivered_on", "not_future")
	}
	if d.ReplyDue == nil {
		due := models.DayOf(x.procedure.Publication.ReplyDue.After(*d.DeliveredOn, time.UTC), time.UTC)
		d.ReplyDue = &due
	}
	if d.ReplyDue.Before(*d.DeliveredOn) {
		return apperr.Invalid("reply_due", "after", "other", "delivered_on")
	}
	return nil
}

func deliveryFacts(d *models.Delivery) map[string]string {
	facts := map[string]string{}
	if d.DeliveredOn != nil {
		facts["delivered_on"] = d.DeliveredOn.Format(time.DateOnly)
		facts["reply_due"] = d.ReplyDue.Format(time.DateOnly)
	}
	return facts
}

// Finish ends the process when it is on record, for every authority, whether it has the recommendation.
func (a *Activities) Finish(ctx context.Context, s Step) (models.Position, error) {
	return a.step(ctx, s, "finish", func(ctx context.Context, x *act) error {
		if x.rec.Stage != models.StagePublication || x.rec.PublishedAt == nil {
			return errNotNow
		}
		open, err := models.Tasks(ctx, x.tx, models.TaskFilter{Process: x.process.ID, OpenOnly: true, Kinds: []models.TaskKind{models.TaskDeliver}})
		if err != nil {
			return err
		}
		if len(open) > 0 {
			return errNotNow
		}
		if err := x.closeTasks(ctx, models.TaskCancelled, ""); err != nil {
			return err
		}
		if err := x.enter(ctx, models.StageDone); err != nil {
			return err
		}
		x.end()
		return x.note(ctx, entry{verb: "recommendation.done", visibility: record.Network, objectKind: "recommendation", object: x.rec.ID})
	})
}
