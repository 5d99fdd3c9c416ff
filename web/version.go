package web

import (
	"context"
	"fmt"
	"html/template"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/mux"

	"tribuna/internal/access"
	"tribuna/internal/i18n"
	"tribuna/internal/markdown"
	"tribuna/internal/worddiff"
	"tribuna/models"
)

// versionRow is a version in a list.
type versionRow struct {
	Number   int
	Href     string
	By, Note string
	At       time.Time
	Zone     *time.Location
	Accepted bool
	Current  bool
}

// versionsView lists every version of a recommendation.
type versionsView struct {
	Page
	Rec      *models.Recommendation
	Home     string
	Versions []versionRow
}

// fillVersions lists the newest versions on the recommendation's own page.
func (s *Server) fillVersions(ctx context.Context, l *i18n.Localizer, p *visitorPage) error {
	rows, err := s.versionRows(ctx, l, p.visitor, p.Rec)
	p.Versions = rows[:min(len(rows), 4)]
	return err
}

func (s *Server) versionRows(ctx context.Context, l *i18n.Localizer, v *visitor, rec *models.Recommendation) ([]versionRow, error) {
	versions, err := models.Versions(ctx, s.DB, rec.ID)
	if err != nil {
		return nil, err
	}
	zone, err := s.zoneOf(ctx, v.Person)
	if err != nil {
		return nil, err
	}
	var ids []uuid.UUID
	for _, version := range versions {
		ids = append(ids, version.CreatedBy)
	}
	people, err := models.PeopleByID(ctx, s.DB, ids)
	if err != nil {
		return nil, err
	}
	rows := make([]versionRow, 0, len(versions))
	for _, version := range versions {
		row := versionRow{Number: version.Number, Href: fmt.Sprintf("%s/versions/%d", recommendationPath(rec.ID), version.Number), Note: version.Note,
			At: version.CreatedAt, Zone: zone, Accepted: rec.AcceptedVersionID != nil && *rec.AcceptedVersionID == version.ID,
			Current: rec.CurrentVersionID != nil && *rec.CurrentVersionID == version.ID, By: l.T("record.somebody")}
		if version.CreatedBy == rec.OfficerID || v.viewer().MayName(rec, models.TaskPublish, version.CreatedBy) {
			row.By = people[version.CreatedBy].Name
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func (s *Server) versions(w http.ResponseWriter, r *http.Request) error {
	visitor, rec, err := s.ownRecommendation(r, access.ReadWorkingText)
	if err != nil {
		return err
	}
	l := Localizer(r)
	v := versionsView{Page: s.workPage(r, l.T("version.list.title")), Rec: rec, Home: recommendationPath(rec.ID)}
	if v.Versions, err = s.versionRows(r.Context(), l, visitor, rec); err != nil {
		return err
	}
	s.Engine.Render(w, r, http.StatusOK, "versions", v)
	return nil
}

// versionView is a text as it stood once, and what changed against the one before.
type versionView struct {
	Page
	Rec            *models.Recommendation
	Home           string
	Version        *models.Version
	Hash           string // its beginning
	Lang           string
	Text           template.HTML
	Measures       []measureView
	Previous, Next string // addresses; "" for none
	Compare        bool   // show the comparison
	CompareHref    string // with the version before; "" for the first
	PlainHref      string
	Before         int
	TitleChanges   []worddiff.Segment
	BodyChanges    []worddiff.Segment
	MeasureChanges []worddiff.Segment
	Unchanged      bool
	By             versionRow
	Files          []fileLink
}

func (s *Server) version(w http.ResponseWriter, r *http.Request) error {
	visitor, rec, err := s.ownRecommendation(r, access.ReadWorkingText)
	if err != nil {
		return err
	}
	ctx, l := r.Context(), Localizer(r)
	number, err := strconv.Atoi(mux.Vars(r)["number"])
	if err != nil {
		number = 0 // there is no such version
	}
	version, err := models.VersionByNumber(ctx, s.DB, rec.ID, number)
	if err != nil {
		return err
	}
	rows, err := s.versionRows(ctx, l, visitor, rec)
	if err != nil {
		return err
	}
	v := versionView{Page: s.workPage(r, l.T("version.title", "Number", version.Number)), Rec: rec, Home: recommendationPath(rec.ID),
		Version: version, Hash: shortHash(version.Hash), Lang: rec.Language}
	v.place(rows, number)
	v.Files = s.fileLinks(v.PlainHref, l)
	if r.URL.Query().Get("compare") != "" && v.CompareHref != "" {
		err = s.compareVersions(ctx, rec, &v)
	} else {
		err = s.fillVersion(ctx, &v)
	}
	if err != nil {
		return err
	}
	s.Engine.Render(w, r, http.StatusOK, "version", v)
	return nil
}

// place finds the neighbours of a version in the list, which is newest first.
func (v *versionView) place(rows []versionRow, number int) {
	for i, row := range rows {
		if row.Number != number {
			continue
		}
		v.By, v.PlainHref = row, row.Href
		if i > 0 {
			v.Next = rows[i-1].Href
		}
		if i+1 < len(rows) {
			v.Previous, v.Before = rows[i+1].Href, rows[i+1].Number
			v.CompareHref = row.Href + "?compare=before"
		}
	}
}

func (s *Server) fillVersion(ctx context.Context, v *versionView) error {
	var err error
	if v.Text, err = markdown.Render(v.Version.Body, markdown.WithHeadingShift(headingShift(v.Version.Body))); err != nil {
		return err
	}
	v.Measures, err = s.measureViews(ctx, v.Version.Measures)
	return err
}

// compareVersions sets a version against the one before, word by word.
func (s *Server) compareVersions(ctx context.Context, rec *models.Recommendation, v *versionView) error {
	before, err := models.VersionByNumber(ctx, s.DB, rec.ID, v.Before)
	if err != nil {
		return err
	}
	old, err := s.measureLines(ctx, before)
	if err != nil {
		return err
	}
	now, err := s.measureLines(ctx, v.Version)
	if err != nil {
		return err
	}
	v.Compare = true
	v.TitleChanges = worddiff.Compare(before.Title, v.Version.Title)
	v.BodyChanges = worddiff.Compare(before.Body, v.Version.Body)
	v.MeasureChanges = worddiff.Compare(old, now)
	v.Unchanged = !worddiff.Changed(v.TitleChanges) && !worddiff.Changed(v.BodyChanges) && !worddiff.Changed(v.MeasureChanges)
	return nil
}

// measureLines writes measures with their addressees, so that a change of either shows.
func (s *Server) measureLines(ctx context.Context, version *models.Version) (string, error) {
	views, err := s.measureViews(ctx, version.Measures)
	var b strings.Builder
	for _, m := range views {
		names := make([]string, len(m.Authorities))
		for i, n := range m.Authorities {
			names[i] = n.String()
		}
		fmt.Fprintf(&b, "%d. %s\n   → %s\n\n", m.Number, m.Text, strings.Join(names, "; "))
	}
	return b.String(), err
}
