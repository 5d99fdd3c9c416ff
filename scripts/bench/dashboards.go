package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/uptrace/bun"

	"tribuna/models"
)

// looks is how often a dashboard is asked for at each size.
const looks = 200

// What is aimed at.
const (
	aimLook      = 50 * time.Millisecond // at p99
	aimLookRatio = 2.0
)

// look is a dashboard as somebody sees it, over the API and as a page, and how the server reads it.
type look struct {
	name, email, api, page string
	read                   func(ctx context.Context, db bun.IDB, v models.Viewer) error
}

const (
	partner     = "stoyan.velev@tribuna.example"
	coordinator = "ilona.vermes@tribuna.example"
)

var lookedAt = []look{
	{"overview: partner, one country", partner, "/api/v1/dashboard?country=BG", "/dashboard?country=BG", func(ctx context.Context, db bun.IDB, v models.Viewer) error {
		_, err := models.Dashboard(ctx, db, v, models.DashboardFilter{Countries: []string{"BG"}}, time.Now())
		return err
	}},
	{"overview: coordinator, everything", coordinator, "/api/v1/dashboard", "/dashboard?country=all", func(ctx context.Context, db bun.IDB, v models.Viewer) error {
		_, err := models.Dashboard(ctx, db, v, models.DashboardFilter{}, time.Now())
		return err
	}},
	{"coverage: partner", partner, "/api/v1/dashboard/coverage", "/dashboard/coverage", func(ctx context.Context, db bun.IDB, v models.Viewer) error {
		_, err := models.Coverage(ctx, db, v)
		return err
	}},
	{"pipeline: coordinator", coordinator, "/api/v1/dashboard/pipeline", "/dashboard/pipeline", func(ctx context.Context, db bun.IDB, _ models.Viewer) error {
		_, err := models.Pipeline(ctx, db, time.Now())
		return err
	}},
}

// measureDashboards measures the dashboards at several sizes over HTTP beside the same SQL run bare.
func measureDashboards(ctx context.Context, s settings) (string, error) {
	text := fmt.Sprintf(`## Dashboards

Networks of several sizes, every measure followed up at one authority in each of %d countries. Each dashboard is asked for %d times
over the API with a token, and as often as a page by somebody signed in; by turns with both, the very statements that read it from
PostgreSQL are run bare, one after the other. A page says more than the API does (what moved since, what waits for the reader), with
statements of its own: only the API is held against the bare ones. Rows scanned are those the plans of these statements read from
tables and indexes.

| measures | follow-ups | dashboard | API p50 ms | API p99 ms | page p50 ms | page p99 ms | bare p50 ms | bare p99 ms | ratio at p50 | ratio at p99 | rows scanned | aim |
|---:|---:|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---|
`, countries, looks)
	for _, size := range s.sizes {
		rows, err := measureSize(ctx, size)
		if err != nil {
			return "", fmt.Errorf("%d measures: %w", size, err)
		}
		text += rows
	}
	return text + "\nAim: p99 under 50 ms, of API and page, and the API at p50 under twice the bare SQL, at every size.\n\n", nil
}

func measureSize(ctx context.Context, size int) (string, error) {
	progress("dashboards over %d measures", size)
	in, err := startInstance(ctx)
	if err != nil {
		return "", err
	}
	defer in.stop()
	if err := in.fill(ctx, size); err != nil {
		return "", err
	}
	followUps, err := in.db.NewSelect().Table("followups").Count(ctx)
	if err != nil {
		return "", err
	}
	var text string
	for _, l := range lookedAt {
		r, err := in.look(ctx, l)
		if err != nil {
			return "", fmt.Errorf("%s: %w", l.name, err)
		}
		text += fmt.Sprintf("| %d | %d | %s | %s\n", size, followUps, l.name, r)
	}
	return text, nil
}

// looked is what came of a look.
type looked struct {
	api, page, bare sample
	scanned         int64
}

// String writes it as the cells of a row.
func (r looked) String() string {
	middle, late := float64(r.api.at(.5))/float64(r.bare.at(.5)), float64(r.api.at(.99))/float64(r.bare.at(.99))
	return fmt.Sprintf("%s | %s | %s | %s | %s | %s | %.2f | %.2f | %d | %s |", ms(r.api.at(.5)), ms(r.api.at(.99)), ms(r.page.at(.5)), ms(r.page.at(.99)),
		ms(r.bare.at(.5)), ms(r.bare.at(.99)), middle, late, r.scanned, verdict(max(r.api.at(.99), r.page.at(.99)) < aimLook && middle < aimLookRatio))
}

func (in *instance) look(ctx context.Context, l look) (looked, error) {
	var r looked
	person, err := models.PersonByEmail(ctx, in.db, l.email)
	if err != nil {
		return r, err
	}
	who, err := in.caller(ctx, person.ID)
	if err != nil {
		return r, err
	}
	signedIn, err := in.browser(ctx, person)
	if err != nil {
		return r, err
	}
	statements, err := in.statements(ctx, l, person)
	if err != nil {
		return r, err
	}
	if r.scanned, err = in.scanned(ctx, statements); err != nil {
		return r, err
	}
	ways := []struct {
		into *sample
		do   func() error
	}{
		{&r.api, func() error { return who.get(ctx, l.api, nil) }},
		{&r.page, func() error { return signedIn.see(ctx, l.page) }},
		{&r.bare, func() error { return in.run(ctx, statements) }},
	}
	for i := range looks + looks/10 {
		for _, way := range ways {
			took, err := timed(way.do)
			if err != nil {
				return r, err
			}
			if i >= looks/10 { // the first ones warm up
				*way.into = append(*way.into, took)
			}
		}
	}
	return r, nil
}

// listener keeps the statements that pass.
type listener struct {
	sync.Mutex
	statements []string
}

func (*listener) BeforeQuery(ctx context.Context, _ *bun.QueryEvent) context.Context { return ctx }

func (l *listener) AfterQuery(_ context.Context, e *bun.QueryEvent) {
	l.Lock()
	defer l.Unlock()
	l.statements = append(l.statements, e.Query)
}

// statements are those by which a dashboard is read.
func (in *instance) statements(ctx context.Context, l look, person models.Person) ([]string, error) {
	v, err := models.ViewerOf(ctx, in.db, person.ID)
	if err != nil {
		return nil, err
	}
	heard := &listener{}
	if err := l.read(ctx, in.db.WithQueryHook(heard), v); err != nil {
		return nil, err
	}
	return heard.statements, nil
}

// run runs statements as they are and reads all their rows.
func (in *instance) run(ctx context.Context, statements []string) error {
	for _, s := range statements {
		rows, err := in.db.DB.QueryContext(ctx, s)
		if err != nil {
			return err
		}
		if err := drain(rows); err != nil {
			return err
		}
	}
	return nil
}

func drain(rows *sql.Rows) error {
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	values := make([]any, len(columns))
	for i := range values {
		values[i] = new(sql.RawBytes)
	}
	for rows.Next() {
		if err := rows.Scan(values...); err != nil {
			return err
		}
	}
	return rows.Err()
}

// scanned counts the rows that the plans of statements read from tables and indexes.
func (in *instance) scanned(ctx context.Context, statements []string) (int64, error) {
	var total int64
	for _, s := range statements {
		var raw []byte
		if err := in.db.DB.QueryRowContext(ctx, "EXPLAIN (ANALYZE, FORMAT JSON) "+s).Scan(&raw); err != nil {
			return 0, err
		}
		var plans []struct{ Plan planNode }
		if err := json.Unmarshal(raw, &plans); err != nil {
			return 0, err
		}
		for _, p := range plans {
			total += p.Plan.scanned()
		}
	}
	return total, nil
}

// planNode is a step of a plan as PostgreSQL explains it.
type planNode struct {
	Type    string     `json:"Node Type"`
	Rows    float64    `json:"Actual Rows"` // of one run
	Removed float64    `json:"Rows Removed by Filter"`
	Loops   float64    `json:"Actual Loops"`
	Plans   []planNode `json:"Plans"`
}

func (n planNode) scanned() int64 {
	var total int64
	if strings.Contains(n.Type, "Scan") && !strings.HasPrefix(n.Type, "CTE") && !strings.HasPrefix(n.Type, "Subquery") && !strings.HasPrefix(n.Type, "Bitmap Index") {
		total = int64((n.Rows + n.Removed) * n.Loops)
	}
	for _, p := range n.Plans {
		total += p.scanned()
	}
	return total
}
