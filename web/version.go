package web

import (
	"context"
	"fmt"
	"html/template"
	"net/http"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/mux"

	"tribuna/internal/access"
	"tribuna/internal/i18n"
	"tribuna/internal/markdown"
	"tribuna/models"
)

// versionRow is a version in a list.
type versionRow struct {
	Number      int
	Href        string
	CompareHref string // with the version before; "" for the first
	By, Note    string
	At          time.Time
	Zone        *time.Location
	Accepted    bool
	Current     bool
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
		row := versionRow{Number: version.Number, Href: fmt.Sprintf("%s/versions/%d", recommendationPath(rec.ID), version.Number), Note: l.Changed(version.Note, version.PutIn, version.BackTo),
			At: version.CreatedAt, Zone: zone, Accepted: rec.AcceptedVersionID != nil && *rec.AcceptedVersionID == version.ID,
			Current: rec.CurrentVersionID != nil && *rec.CurrentVersionID == version.ID, By: l.T("record.somebody")}
		if version.Number > 1 {
			row.CompareHref = comparePath(rec.ID, version.Number-1, version.Number)
		}
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

// versionView is a text as it stood once.
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
	CompareHref    string // with the version before; "" for the first
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
	v.Files = s.fileLinks(v.By.Href, l)
	if err := s.fillVersion(ctx, &v); err != nil {
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
		v.By, v.CompareHref = row, row.CompareHref
		if i > 0 {
			v.Next = rows[i-1].Href
		}
		if i+1 < len(rows) {
			v.Previous = rows[i+1].Href
		}
	}
}

func (s *Server) fillVersion(ctx context.Context, v *versionView) error {
	var err error
	if v.Text, err = numberedParagraphs(v.Version.Body, markdown.WithHeadingShift(headingShift(v.Version.Body))); err != nil {
		return err
	}
	v.Measures, err = s.measureViews(ctx, v.Version.Measures)
	return err
}
