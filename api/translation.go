package api

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/models"
)

// TranslationSummary is a translation in a list.
type TranslationSummary struct {
	ID          uuid.UUID               `json:"id"`
	VersionID   uuid.UUID               `json:"version_id"`
	Language    string                  `json:"language"`
	State       models.TranslationState `json:"state"`
	Revision    int                     `json:"revision"`
	Blocks      int                     `json:"blocks_total"`
	Done        int                     `json:"blocks_done"` // rendered or left out
	Translator  *uuid.UUID              `json:"translator_id,omitempty"`
	Approver    *uuid.UUID              `json:"approver_id,omitempty"`
	SubmittedAt *time.Time              `json:"submitted_at,omitempty"`
	ApprovedAt  *time.Time              `json:"approved_at,omitempty"`
}

// Translation is a translation block by block beside its source.
type Translation struct {
	TranslationSummary
	RecommendationID uuid.UUID           `json:"recommendation_id"`
	Title            string              `json:"title"`
	SourceTitle      string              `json:"source_title"`
	ReturnNote       string              `json:"return_note,omitempty"`
	ReturnWrittenIn  string              `json:"return_written_in,omitempty"`
	Blocks           []TranslationBlock  `json:"blocks"`
	Measures         []TranslatedMeasure `json:"measures"`
}

// TranslationBlock is a block of the source with its rendering.
type TranslationBlock struct {
	Position int    `json:"position"`
	Source   string `json:"source"`
	Text     string `json:"text"`
	LeftOut  bool   `json:"left_out"`
	Note     string `json:"note,omitempty"`
}

// TranslatedMeasure is a measure beside its source.
type TranslatedMeasure struct {
	ID     uuid.UUID `json:"id"`
	Number int       `json:"number"`
	Source string    `json:"source"`
	Text   string    `json:"text"`
}

func (s *server) translationRoutes() []route {
	return []route{
		{method: http.MethodGet, path: "/recommendations/{id}/translations", id: "listTranslations", tag: "translation", summary: "The translations of the accepted version",
			reply: list[TranslationSummary]{}, serve: s.listTranslations},
		{method: http.MethodPost, path: "/recommendations/{id}/translations/assign", id: "assignTranslators", tag: "translation", summary: "Name who translates a language and who approves, or replace them",
			key: true, decides: true, body: models.AssignTranslatorPayload{}, reply: Decision{},
			serve: s.recommendationDecision(models.DecideAssignTranslator, access.AssignTranslator, payloadAny[models.AssignTranslatorPayload])},
		{method: http.MethodGet, path: "/translations/{id}", id: "getTranslation", tag: "translation", summary: "A translation block by block; its ETag is the revision",
			gate: byLink, reply: Translation{}, serve: s.getTranslation},
		{method: http.MethodPatch, path: "/translations/{id}", id: "saveTranslation", tag: "translation", summary: "Save title, blocks or measures on top of the revision seen; what is not named stays",
			gate: byLink, match: true, body: models.TranslationInput{}, limit: draftLimit, reply: Translation{}, serve: s.saveTranslation},
	}
}

func (s *server) listTranslations(c *call) (reply, error) {
	rec, err := c.inside()
	if err != nil {
		return reply{}, err
	}
	var rows []models.Translation
	if rec.AcceptedVersionID != nil {
		if rows, err = models.Translations(c.ctx(), s.DB, *rec.AcceptedVersionID); err != nil {
			return reply{}, err
		}
	}
	return reply{body: listOf(rows, translationSummary)}, nil
}

// translation reads the one the path names for those who work with its recommendation or are asked to write or approve
// it; writing is for the latter.
func (s *server) translation(c *call, write bool) (*models.Translation, error) {
	id, err := c.id("translation")
	if err != nil {
		return nil, err
	}
	tr, err := models.TranslationByID(c.ctx(), s.DB, id)
	if err != nil {
		return nil, err
	}
	rec, err := models.RecommendationByID(c.ctx(), s.DB, tr.RecommendationID)
	if err != nil {
		return nil, err
	}
	asked, err := s.askedForTranslation(c, rec, tr)
	if err != nil || asked {
		return tr, err
	}
	if _, err := models.VisibleRecommendation(c.ctx(), s.DB, c.who.viewer, rec.ID); apperr.CodeOf(err) == apperr.CodeNotFound {
		return nil, apperr.NotFound("translation")
	} else if err != nil {
		return nil, err
	}
	inside, err := c.may(access.ReadWorkingText, rec, nil)
	switch {
	case err != nil:
		return nil, err
	case !inside:
		return nil, apperr.NotFound("translation")
	case write:
		return nil, apperr.About(apperr.CodeForbidden, "translation")
	}
	return tr, nil
}

func (s *server) askedForTranslation(c *call, rec *models.Recommendation, tr *models.Translation) (bool, error) {
	tasks, err := models.Tasks(c.ctx(), s.DB, models.TaskFilter{Recommendation: rec.ID, Subject: tr.ID, OpenOnly: true,
		Kinds: []models.TaskKind{models.TaskTranslate, models.TaskApproveTranslation}})
	if err != nil {
		return false, err
	}
	for i := range tasks {
		action, _ := tasks[i].Kind.AnswerAction()
		ok, err := c.may(action, rec, &tasks[i])
		if err != nil || ok {
			return ok, err
		}
	}
	return false, nil
}

func (s *server) getTranslation(c *call) (reply, error) {
	tr, err := s.translation(c, false)
	if err != nil {
		return reply{}, err
	}
	return s.showTranslation(c, tr)
}

func (s *server) showTranslation(c *call, tr *models.Translation) (reply, error) {
	view, err := s.translationView(c, tr)
	return reply{body: view, etag: strconv.Itoa(tr.Revision)}, err
}

func (s *server) saveTranslation(c *call) (reply, error) {
	tr, err := s.translation(c, true)
	if err != nil {
		return reply{}, err
	}
	in, err := decodeValid[models.TranslationInput](c)
	if err != nil {
		return reply{}, err
	}
	var saved *models.Translation
	err = c.inTx(func(ctx context.Context, tx bun.Tx) (err error) {
		saved, err = models.SaveTranslation(ctx, tx, tr.ID, c.revision(), in)
		return err
	})
	if apperr.CodeOf(err) == apperr.CodeOutdated {
		return reply{}, s.outdatedTranslation(c, tr.ID, in)
	}
	if err != nil {
		return reply{}, err
	}
	return s.showTranslation(c, saved)
}

func (s *server) outdatedTranslation(c *call, id uuid.UUID, yours models.TranslationInput) error {
	tr, err := models.TranslationByID(c.ctx(), s.DB, id)
	if err != nil {
		return err
	}
	view, err := s.translationView(c, tr)
	if err != nil {
		return err
	}
	return outdated{what: "translation", current: view, yours: yours}
}

func translationSummary(t models.Translation) TranslationSummary {
	v := TranslationSummary{ID: t.ID, VersionID: t.VersionID, Language: t.Language, State: t.State, Revision: t.Revision, Blocks: len(t.Blocks),
		Translator: t.TranslatorID, Approver: t.ApproverID, SubmittedAt: t.SubmittedAt, ApprovedAt: t.ApprovedAt}
	for _, b := range t.Blocks {
		if b.Text != "" || b.LeftOut {
			v.Done++
		}
	}
	return v
}

func (s *server) translationView(c *call, t *models.Translation) (Translation, error) {
	source, err := models.VersionByID(c.ctx(), s.DB, t.VersionID)
	if err != nil {
		return Translation{}, err
	}
	v := Translation{TranslationSummary: translationSummary(*t), RecommendationID: t.RecommendationID, Title: t.Title, SourceTitle: source.Title,
		ReturnNote: t.ReturnNote, ReturnWrittenIn: t.ReturnWrittenIn, Measures: translatedMeasures(t, source)}
	v.Blocks = listOf(t.Blocks, func(b models.TranslationBlock) TranslationBlock {
		return TranslationBlock{Position: b.Position, Source: b.Source, Text: b.Text, LeftOut: b.LeftOut, Note: b.Note}
	}).Items
	return v, nil
}

func translatedMeasures(t *models.Translation, source *models.Version) []TranslatedMeasure {
	texts := t.MeasureTexts()
	measures := make([]TranslatedMeasure, len(source.Measures))
	for i, m := range source.Measures {
		measures[i] = TranslatedMeasure{ID: m.ID, Number: m.Number, Source: m.Text, Text: texts[m.ID]}
	}
	return measures
}
