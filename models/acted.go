package models

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// whoActed selects the people who did something of what a recommendation (?0) asks for: they answered for their organisation when
// it was asked to sign it off, they reported on what became of a measure, they were responsible for a letter, a call, a meeting or
// an event of one of its campaigns that is done, or they said that they wrote to their representatives. An answer counts whatever
// it is: who abstained or declined has answered. A review counts for nothing here: it was asked for before there was anything to
// act on. Nor does what a colleague did: the rule is about people. None of the columns is ever null, so that NOT IN says what it
// seems to.
const whoActed = `SELECT so.person_id FROM signoffs AS so WHERE so.recommendation_id = ?0
	UNION ALL SELECT pn.person_id FROM progress_notes AS pn JOIN followups AS fu ON fu.id = pn.followup_id WHERE fu.recommendation_id = ?0
	UNION ALL SELECT cs.responsible_id FROM campaign_steps AS cs JOIN campaigns AS ca ON ca.id = cs.campaign_id
		WHERE cs.state = 'done' AND ca.recommendation_id = ?0
	UNION ALL SELECT mw.person_id FROM mailing_written AS mw JOIN mailings AS wm ON wm.id = mw.mailing_id WHERE wm.recommendation_id = ?0`

// ReplyActed stands in a cancelled mail's reply where its person did meanwhile what it asks for.
const ReplyActed = "has acted since this was launched"

// DropActed cancels those mails of a mailing that wait and whose people have acted since it was launched, and returns how many. It
// does so where the audience of the mailing leaves out who has acted, and for nobody else. As DropUnwanted it is called whenever
// sending goes on, and that is every few seconds: who was left out stays on the list of recipients, with the reason.
func DropActed(ctx context.Context, db bun.IDB, mailing uuid.UUID, now time.Time) (int, error) {
	var about uuid.UUID
	err := db.NewSelect().TableExpr("mailings AS m").Column("m.recommendation_id").
		Where("m.id = ? AND m.audience @> ?::jsonb", mailing, `{"except": {"acted": true}}`).Scan(ctx, &about)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read whom a mailing leaves out: %w", err)
	}
	// As an array they are looked up once: joined, the planner may look them up again for every mail.
	res, err := db.NewRaw(`UPDATE outbox AS dropped SET state = 'cancelled', reply = ?1, finished_at = ?2
		FROM (SELECT o.id FROM outbox AS o WHERE o.mailing_id = ?3 AND `+stillWaits+` AND o.person_id = ANY (ARRAY(`+whoActed+`))
			`+lockInOrder+`) AS d WHERE dropped.id = d.id`, about, ReplyActed, now, mailing).Exec(ctx)
	if err != nil {
		return 0, fmt.Errorf("leave out who has acted: %w", err)
	}
	n, err := res.RowsAffected()
	return int(n), err
}
