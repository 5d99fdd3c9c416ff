package api

import (
	"net/http"
	"time"

	"github.com/google/uuid"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/models"
)

// Task is everything the person asked needs to answer.
type Task struct {
	ID               uuid.UUID        `json:"id"`
	ProcessID        uuid.UUID        `json:"process_id"`
	RecommendationID uuid.UUID        `json:"recommendation_id"`
	Kind             models.TaskKind  `json:"kind"`
	State            models.TaskState `json:"state"`
	Round            int              `json:"round"`
	Language         string           `json:"language,omitempty"` // of the translation asked for
	SubjectID        *uuid.UUID       `json:"subject_id,omitempty"`
	OpenedAt         time.Time        `json:"opened_at"`
	AcceptedAt       *time.Time       `json:"accepted_at,omitempty"`
	TakenBackAt      *time.Time       `json:"taken_back_at,omitempty"` // when the answer given last was taken back; absent: it stands, or there was none
	RespondBy        *time.Time       `json:"respond_by,omitempty"`    // silence after this
	DueAt            time.Time        `json:"due_at"`
	GraceUntil       time.Time        `json:"grace_until"`
	ClosedAt         *time.Time       `json:"closed_at,omitempty"`
	Reminders        int              `json:"reminders"`
	Refused          string           `json:"refused,omitempty"` // the code of why no answer can be taken now; absent: it can

	Recommendation TaskRecommendation `json:"recommendation"`
	Why            Why                `json:"why"`
	OrganisationID *uuid.UUID         `json:"organisation_id,omitempty"` // in whose name to answer
	Organisation   string             `json:"organisation,omitempty"`
	PersonID       *uuid.UUID         `json:"person_id,omitempty"`
	Person         string             `json:"person,omitempty"`
	Version        *Version           `json:"version,omitempty"` // the exact text it is about
	Translations   []TaskText         `json:"translations"`      // approved, of a text to sign off; what is signed is version
	Authorities    []models.Authority `json:"authorities"`       // addressees of its measures

	Anonymity     string            `json:"anonymity,omitempty"`  // of the round: open, single or double
	ClosingAt     *time.Time        `json:"closing_at,omitempty"` // of the round: answers can be changed until then
	Review        *Review           `json:"review,omitempty"`     // what was answered
	Questions     []models.Question `json:"questions,omitempty"`  // of the procedure, to an expert: what "answers" answers
	Conflict      *Conflict         `json:"conflict,omitempty"`   // of interest, as declared
	SignOff       *SignOff          `json:"sign_off,omitempty"`   // what was answered
	Original      *Attachment       `json:"original,omitempty"`   // of an answer that was recorded in the reader's name
	Tally         *Tally            `json:"tally,omitempty"`
	TranslationID *uuid.UUID        `json:"translation_id,omitempty"`
	Revision      int               `json:"revision,omitempty"` // of the translation
	Delivery      *Delivery         `json:"delivery,omitempty"`
	FollowUp      *FollowUp         `json:"followup,omitempty"`
	Subject       *TaskSummary      `json:"subject,omitempty"` // overdue, of an escalation; ended, of the choice of a reviewer
}

// TaskRecommendation is what a task belongs to and who asks.
type TaskRecommendation struct {
	Slug         string       `json:"slug"`
	Title        string       `json:"title"`
	Language     string       `json:"language"`
	Stage        models.Stage `json:"stage"`
	Held         bool         `json:"held"`
	Officer      string       `json:"officer"`      // "" for the reviewer in a double-anonymised round
	Organisation string       `json:"organisation"` // "" likewise
}

// Why says why this person or organisation is asked.
type Why struct {
	Code      string   `json:"code"`
	Topics    []string `json:"topics"`
	Countries []string `json:"countries"`
	Language  string   `json:"language,omitempty"`
}

// TaskText is the text a task is about in another language.
type TaskText struct {
	Language string              `json:"language"`
	Title    string              `json:"title"`
	Body     string              `json:"body"` // Markdown
	Measures []TranslatedMeasure `json:"measures"`
}

// TaskSummary is another task this one is about.
type TaskSummary struct {
	ID    uuid.UUID        `json:"id"`
	Kind  models.TaskKind  `json:"kind"`
	State models.TaskState `json:"state"`
	DueAt time.Time        `json:"due_at"`
}

func (s *server) taskRoutes() []route {
	return []route{{method: http.MethodGet, path: "/tasks/{id}", id: "getTask", tag: "tasks", summary: "What is asked, about which text, until when, and what was answered",
		gate: byLink, reply: Task{}, serve: s.getTask}}
}

// task reads the task the path names and its recommendation, if the reader may know of it.
func (c *call) task() (*models.Task, *models.Recommendation, error) {
	id, err := c.id("task")
	if err != nil {
		return nil, nil, err
	}
	t, err := models.TaskByID(c.ctx(), c.s.DB, id)
	if err != nil {
		return nil, nil, err
	}
	rec, err := models.RecommendationByID(c.ctx(), c.s.DB, t.RecommendationID)
	if err != nil {
		return nil, nil, err
	}
	err = c.can(access.ReadTask, rec, t)
	if apperr.CodeOf(err) == apperr.CodeNotFound {
		err = apperr.NotFound("task")
	}
	return t, rec, err
}

func (s *server) getTask(c *call) (reply, error) {
	t, _, err := c.task()
	if err != nil {
		return reply{}, err
	}
	v, err := models.LoadTaskView(c.ctx(), s.DB, t)
	if err != nil {
		return reply{}, err
	}
	if v.Review != nil {
		if reads, err := c.may(access.ReadAnswer, v.Recommendation, t); err != nil {
			return reply{}, err
		} else if !reads {
			v.Review = nil
		}
	}
	view := taskView(c, v)
	original, err := models.OriginalOf(c.ctx(), s.DB, t.ID, c.who.person.ID)
	if original != nil {
		attached := attachmentView(*original)
		view.Original = &attached
	}
	return reply{body: view}, err
}

func taskView(c *call, v *models.TaskView) Task {
	t, r := v.Task, v.Recommendation
	view := Task{ID: t.ID, ProcessID: t.ProcessID, RecommendationID: t.RecommendationID, Kind: t.Kind, State: t.State, Round: t.Round,
		SubjectID: t.SubjectID, OpenedAt: t.OpenedAt, AcceptedAt: t.AcceptedAt, TakenBackAt: t.TakenBackAt, RespondBy: t.RespondBy, DueAt: t.DueAt,
		GraceUntil: t.GraceUntil, ClosedAt: t.ClosedAt, Reminders: t.Reminders,
		Recommendation: TaskRecommendation{Slug: r.Slug, Title: r.Title, Language: r.Language, Stage: r.Stage, Held: r.Held(), Officer: v.Officer.Name},
		Why:            Why{Code: v.Why.Code, Topics: orEmpty(v.Why.Topics), Countries: orEmpty(v.Why.Countries), Language: v.Why.Language},
		OrganisationID: t.OrganisationID, Authorities: []models.Authority{}, Translations: []TaskText{}}
	if v.Owner != nil {
		view.Recommendation.Organisation = v.Owner.Name
	}
	if t.Language != nil {
		view.Language = *t.Language
	}
	if v.Organisation != nil {
		view.Organisation = v.Organisation.Name
	}
	if v.Person != nil && c.who.viewer.MayName(r, t.Kind, v.Person.ID) {
		view.PersonID, view.Person = &v.Person.ID, v.Person.Name
	}
	if err := v.Refuses(c.now()); err != nil {
		view.Refused = string(apperr.CodeOf(err))
	}
	if t.Blind(v.Round) && t.PersonID != nil && *t.PersonID == c.who.person.ID {
		view.Recommendation.Officer, view.Recommendation.Organisation = "", ""
	}
	view.addText(v)
	view.addSubject(v, c.who.viewer)
	return view
}

func (t *Task) addText(v *models.TaskView) {
	if v.Version == nil {
		return
	}
	version := versionView(v.Version)
	t.Version = &version
	for _, tr := range v.Translated {
		t.Translations = append(t.Translations, TaskText{Language: tr.Language, Title: tr.Title, Body: tr.Body(),
			Measures: translatedMeasures(&tr, v.Version)})
	}
	seen := map[uuid.UUID]bool{}
	for _, m := range v.Measures {
		for _, a := range m.Authorities {
			if !seen[a.ID] {
				seen[a.ID] = true
				t.Authorities = append(t.Authorities, a)
			}
		}
	}
}

func (t *Task) addSubject(v *models.TaskView, viewer models.Viewer) {
	if v.Round != nil {
		t.ClosingAt, t.Anonymity = v.Round.ClosingAt, v.Round.Anonymity
	}
	t.Questions = v.Questions
	if v.Task.PersonID != nil && *v.Task.PersonID == viewer.PersonID || viewer.Owns(v.Recommendation) {
		t.Conflict = conflictOf(v.Conflict)
	}
	if v.Review != nil {
		rv := *v.Review
		if viewer.PersonID != rv.PersonID && !viewer.MayReadConfidence(v.Recommendation) {
			rv = rv.WithoutConfidence(v.Questions)
		}
		review := reviewView(rv)
		t.Review = &review
	}
	if v.SignOff != nil {
		signOff := signOffView(*v.SignOff)
		t.SignOff = &signOff
	}
	if v.Rules != nil {
		tally := tallyView(v.Rules.Rule, v.Rules.Tally)
		t.Tally = &tally
	}
	if v.Translation != nil {
		t.TranslationID, t.Revision = &v.Translation.ID, v.Translation.Revision
	}
	if v.Delivery != nil {
		delivery := deliveryView(*v.Delivery)
		t.Delivery = &delivery
	}
	if v.FollowUp != nil {
		followUp := followUpView(*v.FollowUp, true)
		t.FollowUp = &followUp
	}
	if v.Subject != nil {
		t.Subject = &TaskSummary{ID: v.Subject.ID, Kind: v.Subject.Kind, State: v.Subject.State, DueAt: v.Subject.DueAt}
	}
}
