package telemetry

import (
	"context"
	"time"

	"github.com/uptrace/bun"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"tribuna/models"
)

// backlogTimeout bounds the questions to the database for one look at the figures.
const backlogTimeout = 3 * time.Second

// Watch tells what waits in the database, and how its connections are used, whenever somebody looks.
func Watch(db *bun.DB, now func() time.Time) error {
	m := otel.Meter(scope)
	var all []metric.Observable
	gauge := func(name, unit, about string) metric.Float64ObservableGauge {
		g, err := m.Float64ObservableGauge(name, metric.WithUnit(unit), metric.WithDescription(about))
		if err != nil {
			otel.Handle(err)
		}
		all = append(all, g)
		return g
	}
	due := gauge("tribuna.outbox.due", "", "mails that are due and not settled")
	dueAge := gauge("tribuna.outbox.oldest", "s", "how long the oldest mail has been due")
	deferred := gauge("tribuna.outbox.deferred", "", "mails that the mail server put off")
	held := gauge("tribuna.outbox.held", "", "mails held after a restore")
	waiting := gauge("tribuna.submissions.unconfirmed", "", "submissions without an outcome")
	waitingAge := gauge("tribuna.submissions.oldest", "s", "how long the oldest submission has had no outcome")
	open := gauge("tribuna.processes.open", "", "processes that are not over")
	swept := gauge("tribuna.sweep.age", "s", "how long ago the last sweep was")
	sessions := gauge("tribuna.database.sessions", "", "connections to the database")
	_, err := m.RegisterCallback(func(ctx context.Context, o metric.Observer) error {
		stats := db.Stats()
		for state, n := range map[string]int{"used": stats.InUse, "idle": stats.Idle} {
			o.ObserveFloat64(sessions, float64(n), metric.WithAttributes(attribute.String("state", state)))
		}
		ctx, cancel := context.WithTimeout(ctx, backlogTimeout)
		defer cancel()
		b, err := models.ReadBacklog(ctx, db, now())
		if err != nil {
			return nil //nolint:nilerr // a database that is away is known from elsewhere; the other figures stand
		}
		o.ObserveFloat64(due, float64(b.MailsDue))
		o.ObserveFloat64(dueAge, b.OldestMail.Seconds())
		o.ObserveFloat64(deferred, float64(b.MailsDeferred))
		o.ObserveFloat64(held, float64(b.MailsHeld))
		o.ObserveFloat64(waiting, float64(b.Unconfirmed))
		o.ObserveFloat64(waitingAge, b.OldestSubmission.Seconds())
		o.ObserveFloat64(open, float64(b.OpenProcesses))
		if b.SweptAt != nil {
			o.ObserveFloat64(swept, now().Sub(*b.SweptAt).Seconds())
		}
		return nil
	}, all...)
	return err
}
