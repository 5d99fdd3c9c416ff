package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"

	"tribuna/models"
)

// invitedEach is how many experts are invited to review each text.
const invitedEach = 5

// measureInvitations measures many open invitations asleep: what the worker that sent them holds, and how long one who
// accepts waits where the process was put out of memory, beside the next of the same text.
func measureInvitations(ctx context.Context, s settings) (string, error) {
	in, err := startInstance(ctx)
	if err != nil {
		return "", err
	}
	defer in.stop()
	empty := in.worker.memory()
	texts, err := in.addRounds(ctx, (s.invitations+invitedEach-1)/invitedEach)
	if err != nil {
		return "", err
	}
	progress("inviting %d experts to each of %d reviews", invitedEach, len(texts))
	began := time.Now()
	if err := in.startAll(ctx, texts); err != nil {
		return "", err
	}
	took := time.Since(began)
	invited, err := in.db.NewSelect().Model((*models.Task)(nil)).Where("kind = ? AND state = ?", models.TaskReview, models.TaskOpen).Count(ctx)
	if err != nil {
		return "", err
	}
	full := in.worker.memory()
	progress("%d of them are accepted, the first by an empty worker", 2*wakes)
	if err := in.restartWorker(); err != nil {
		return "", err
	}
	cold, warm, err := in.acceptTwice(ctx, texts)
	if err != nil {
		return "", err
	}
	return invitationsChapter(int(invited), len(texts), took, empty, full, in.worker.memory(), cold, warm), nil
}

func invitationsChapter(count, texts int, took time.Duration, empty, full, after int64, cold, warm sample) string {
	const mb = 1 << 20
	return fmt.Sprintf(`## %d open invitations

%d experts are asked to review each of %d texts, and have not answered: the round of each text is a workflow that sleeps until the
next reminder. The worker keeps %d of them in memory.

| | |
|---|---:|
| invited, per second, mails written and sent | %.0f |
| worker's memory, idle | %d MB |
| worker's memory, all invited | %d MB |
| worker's memory, started anew and %d woken | %d MB |

**Wake-up**: %d experts accept over HTTP, of texts chosen at random, at a worker started anew, which must replay each round; then
another expert of each of the same texts.

| | p50 ms | p99 ms |
|---|---:|---:|
| replayed | %s | %s |
| held in memory | %s | %s |
| ratio at p50 | %.2f | |

`, count, invitedEach, texts, workflowCache, float64(count)/took.Seconds(), empty/mb, full/mb, len(cold), after/mb,
		len(cold), ms(cold.at(.5)), ms(cold.at(.99)), ms(warm.at(.5)), ms(warm.at(.99)), float64(cold.at(.5))/float64(warm.at(.5)))
}

// addRounds writes texts whose round of review is about to open, each with experts of its own choice, and returns their
// processes unstarted.
func (in *instance) addRounds(ctx context.Context, count int) ([]uuid.UUID, error) {
	if err := in.addExperts(ctx); err != nil {
		return nil, err
	}
	like := new(models.Recommendation)
	err := in.db.NewSelect().Model(like).Where("kind <> ? AND current_version_id IS NOT NULL", models.KindImported).OrderExpr("created_at").Limit(1).Scan(ctx)
	if err != nil {
		return nil, err
	}
	version, err := models.VersionByID(ctx, in.db, *like.CurrentVersionID)
	if err != nil {
		return nil, err
	}
	var ids []uuid.UUID
	for i := range count {
		id, err := in.addRound(ctx, *like, *version, i)
		if err != nil {
			return nil, fmt.Errorf("text %d: %w", i+1, err)
		}
		ids = append(ids, id)
	}
	return ids, nil
}

func (in *instance) addRound(ctx context.Context, r models.Recommendation, v models.Version, number int) (uuid.UUID, error) {
	now := time.Now()
	r.ID, r.Slug, r.Title = models.NewID(), fmt.Sprintf("invited-%d", number), fmt.Sprintf("Text %d", number)
	r.Stage, r.StageSince, r.Round, r.NeededBy, r.AcceptedVersionID = models.StageReview, now, 1, nil, nil
	v.ID, v.RecommendationID, v.Number = models.NewID(), r.ID, 1
	r.CurrentVersionID = nil
	if err := insert(ctx, in.db, &r, &v); err != nil {
		return r.ID, err
	}
	r.CurrentVersionID = &v.ID
	if err := r.Save(ctx, in.db, now); err != nil {
		return r.ID, err
	}
	round := &models.ReviewRound{RecommendationID: r.ID, Number: 1, VersionID: v.ID, Reserve: []uuid.UUID{}, Enough: invitedEach, DueAt: now}
	err := in.db.NewRaw("SELECT id FROM people WHERE email LIKE 'matched-%' ORDER BY md5(email || ?) LIMIT ?", r.Slug, invitedEach).Scan(ctx, &round.Invited)
	if err != nil {
		return r.ID, err
	}
	if err := round.Insert(ctx, in.db); err != nil {
		return r.ID, err
	}
	return r.ID, models.OpenProcess(ctx, in.db, models.ProcessRecommendation, r.ID, r.ID, now)
}

// acceptTwice has two experts of each of some texts say that they will review it.
func (in *instance) acceptTwice(ctx context.Context, texts []uuid.UUID) (cold, warm sample, err error) {
	chosen := rand.Perm(len(texts))[:min(wakes, len(texts))]
	for nth, times := range []*sample{&cold, &warm} {
		for _, i := range chosen {
			tasks, err := models.Tasks(ctx, in.db, models.TaskFilter{Recommendation: texts[i], Kinds: []models.TaskKind{models.TaskReview}})
			if err != nil {
				return nil, nil, err
			}
			who, err := in.caller(ctx, *tasks[nth].PersonID)
			if err != nil {
				return nil, nil, err
			}
			took, err := timed(func() error {
				return who.post(ctx, "/api/v1/tasks/"+tasks[nth].ID.String()+"/accept", map[string]any{}, nil)
			})
			if err != nil {
				return nil, nil, err
			}
			*times = append(*times, took)
		}
	}
	return cold, warm, nil
}
