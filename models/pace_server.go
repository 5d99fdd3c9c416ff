package models

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// A mailing whose servers do not answer is tried again after as long as they have been silent, from half a second up to a minute: as
// the workflow of mailings has a part that failed tried again.
const (
	serverSoonest = 500 * time.Millisecond
	serverLatest  = time.Minute
)

// ServerSilent writes down that nothing of a mailing leaves because none of its mail servers, by name, answers. Since when is kept
// from the first time on.
func ServerSilent(ctx context.Context, db bun.IDB, mailing uuid.UUID, servers []string, now time.Time) error {
	_, err := db.NewRaw(`INSERT INTO mailing_waits AS mw (mailing_id, why, domain, most, until, since, server)
		VALUES (?0, ?1, '', 0, ?2::timestamptz + make_interval(secs => ?3), ?2, ?5)
		ON CONFLICT (mailing_id, why, domain) DO UPDATE SET server = excluded.server,
			until = ?2::timestamptz + least(greatest(?2::timestamptz - mw.since, make_interval(secs => ?3)), make_interval(secs => ?4))`,
		mailing, WaitServer, now, serverSoonest.Seconds(), serverLatest.Seconds(), strings.Join(servers, ", ")).Exec(ctx)
	if err != nil {
		return fmt.Errorf("write that no mail server answers: %w", err)
	}
	return nil
}

// ServerAnswers forgets that no mail server answered a mailing.
func ServerAnswers(ctx context.Context, db bun.IDB, mailing uuid.UUID) error {
	_, err := db.NewDelete().Model((*MailingWait)(nil)).Where("mailing_id = ? AND why = ?", mailing, WaitServer).Exec(ctx)
	if err != nil {
		return fmt.Errorf("forget that no mail server answered: %w", err)
	}
	return nil
}

// serverSilence is since when no mail server has answered a mailing (alias ml) that is being sent, as SQL.
const serverSilence = `(SELECT mw.since FROM mailing_waits AS mw WHERE mw.mailing_id = ml.id AND mw.why = 'server' AND ml.state = 'sending') AS server_since`
