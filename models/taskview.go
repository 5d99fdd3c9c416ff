package models

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/markdown"
)

// TaskView is everything a page or an answer needs to show a task to the person who is asked.
type TaskView struct {
	Task           *Task
	Recommendation *Recommendation
	Officer        Person         // who asks
	Owner          *Organisation  // in whose name
	Person         *Person        // asked; nil where an organisation is
	Organisation   *Organisation  // asked; nil where a person is
	Version        *Version       // the exact text it is about; nil for reports of progress
	Blocks         []TaskBlock    // of the text, as comments count them
	Measures       []TaskMeasure  // of the text, with their addressees
	Rules          *ProcedureRule // of the sign-off; nil for other kinds
	Why            TaskReason

	Round       *ReviewRound  // of a review or consultation
	Review      *Review       // what was answered; nil before
	Questions   []Question    // that an expert is asked beside
	Conflict    *Conflict     // that an expert declared; nil where none was
	SignOff     *SignOff      // what was answered; nil before
	SignOffs    []SignOff     // what the organisations asked have answered, theirs included
	Translated  []Translation // approved translations of the text that an organisation is asked to sign off
	Translation *Translation  // with its blocks
	Delivery    *Delivery
	FollowUp    *FollowUp // with its measure, authority and notes
	Authority   *Authority
	Subject     *Task // overdue, of an escalation; ended, of the choice of a reviewer
}

// TaskBlock is a paragraph, heading, list or table of the text, as comments count them.
type TaskBlock struct {
	Index int // from 0: what a comment's block names
	markdown.Block
}

// TaskMeasure is a measure of the text with its addressees.
type TaskMeasure struct {
	VersionMeasure
	Authorities []Authority
}

// ProcedureRule is the rule of a sign-off and where it stands.
type ProcedureRule struct {
	Rule    string // SignOffAll …
	Quorum  int
	Silence string
	Tally   SignOffTally
}

// TaskReason says why this person or organisation is asked, in codes and facts for a sentence.
type TaskReason struct {
	Code      string   // "expertise", "country_partner", "lead", "linguist", "officer", "coordinator" or "focal_point"
	Topics    []string // the expertise that fits
	Countries []string // concerned, and covered by the organisation or home to the person
	Language  string
}

// LoadTaskView reads all that a task is about.
func LoadTaskView(ctx context.Context, db bun.IDB, t *Task) (*TaskView, error) {
	v := &TaskView{Task: t}
	for _, read := range []func(context.Context, bun.IDB) error{v.loadRecommendation, v.loadText, v.loadAsked, v.loadSubject} {
		if err := read(ctx, db); err != nil {
			return nil, fmt.Errorf("read a task: %w", err)
		}
	}
	return v, nil
}

func (v *TaskView) loadRecommendation(ctx context.Context, db bun.IDB) (err error) {
	if v.Recommendation, err = RecommendationByID(ctx, db, v.Task.RecommendationID); err != nil {
		return err
	}
	v.Owner = v.Recommendation.Organisation
	v.Officer, err = PersonByID(ctx, db, v.Recommendation.OfficerID)
	return err
}

func (v *TaskView) loadText(ctx context.Context, db bun.IDB) (err error) {
	if v.Task.VersionID == nil {
		return nil
	}
	if v.Version, err = VersionByID(ctx, db, *v.Task.VersionID); err != nil {
		return err
	}
	for i, b := range markdown.Blocks(v.Version.Body) {
		v.Blocks = append(v.Blocks, TaskBlock{Index: i, Block: b})
	}
	v.Measures, err = MeasuresOf(ctx, db, v.Version)
	return err
}

// MeasuresOf returns a version's measures with their addressees.
func MeasuresOf(ctx context.Context, db bun.IDB, version *Version) ([]TaskMeasure, error) {
	var ids []uuid.UUID
	for _, m := range version.Measures {
		ids = append(ids, m.AuthorityIDs...)
	}
	authorities, err := AuthoritiesByID(ctx, db, ids)
	if err != nil {
		return nil, err
	}
	measures := make([]TaskMeasure, 0, len(version.Measures))
	for _, m := range version.Measures {
		full := TaskMeasure{VersionMeasure: m}
		for _, a := range authorities {
			if slices.Contains(m.AuthorityIDs, a.ID) {
				full.Authorities = append(full.Authorities, a)
			}
		}
		measures = append(measures, full)
	}
	return measures, nil
}
