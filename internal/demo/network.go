package demo

import (
	"context"
	"fmt"
	"path"

	"github.com/google/uuid"

	"tribuna/models"
)

// words loads languages, countries, topics and challenges, in the order of the file.
func (l *loader) words(ctx context.Context) error {
	n := l.data.Network
	var languages []models.Language
	for i, d := range n.Languages {
		languages = append(languages, models.Language{Tag: d.Tag, Endonym: d.Endonym, Names: d.Names, Position: i + 1})
	}
	var countries []models.Country
	for i, d := range n.Countries {
		countries = append(countries, models.Country{Code: d.Code, Names: d.Names, Zone: d.Zone, Position: i + 1})
	}
	var topics []models.Topic
	for i, d := range n.Topics {
		topics = append(topics, models.Topic{Slug: d.Slug, Names: d.Names, Position: i + 1})
	}
	var challenges []models.Challenge
	for i, d := range n.Challenges {
		challenges = append(challenges, models.Challenge{Slug: d.Slug, Names: d.Names, Position: i + 1})
	}
	for _, rows := range []struct {
		what string
		list any
	}{{"languages", &languages}, {"countries", &countries}, {"topics", &topics}, {"challenges", &challenges}} {
		if err := l.insert(ctx, rows.what, rows.list); err != nil {
			return err
		}
	}
	return nil
}

func (l *loader) authorities(ctx context.Context) error {
	var list []models.Authority
	for _, d := range l.data.Authorities {
		a := models.Authority{ID: ID("authority", d.Slug), Slug: d.Slug, CountryCode: d.Country, Level: d.Level,
			ParentID: parent("authority", d.Parent), Government: d.Government, Names: d.Names, Email: d.Email, Address: d.Address}
		if err := a.Validate(); err != nil {
			return fmt.Errorf("authority %s: %w", d.Slug, err)
		}
		list = append(list, a)
	}
	return l.insert(ctx, "authorities", &list)
}

func (l *loader) organisations(ctx context.Context) error {
	var list []models.Organisation
	var covers []models.OrganisationCountry
	for _, d := range l.data.Organisations {
		o := models.Organisation{ID: ID("organisation", d.Slug), Slug: d.Slug, Name: d.Name, Kind: d.Kind,
			ParentID: parent("organisation", d.Parent), VotingUnit: ID("organisation", d.Slug)}
		if d.VotesWith != "" {
			o.VotingUnit = ID("organisation", d.VotesWith)
		}
		if !d.MemberFrom.IsZero() {
			o.MemberFrom = &d.MemberFrom.Time
		}
		if err := o.Validate(); err != nil {
			return fmt.Errorf("organisation %s: %w", d.Slug, err)
		}
		list = append(list, o)
		for _, c := range d.Countries {
			covers = append(covers, models.OrganisationCountry{OrganisationID: o.ID, CountryCode: c})
		}
	}
	if err := l.insert(ctx, "organisations", &list); err != nil {
		return err
	}
	return l.insert(ctx, "the countries organisations cover", &covers)
}

func (l *loader) grants(ctx context.Context) error {
	var list []models.Grant
	var statements []models.GrantStatement
	var designations []models.GrantDesignation
	var emblems []models.GrantEmblem
	for _, d := range l.data.Grants {
		g := models.Grant{ID: ID("grant", d.Slug), Number: d.Number, FunderID: ID("organisation", d.Funder), Title: d.Title,
			PeriodFrom: d.From.Time, PeriodUntil: d.Until.Time}
		for tag, s := range d.Statements {
			statements = append(statements, models.GrantStatement{GrantID: g.ID, Language: tag, Statement: s.Statement, Disclaimer: s.Disclaimer})
		}
		for tag, name := range d.Emblems {
			picture, err := l.picture(ctx, name)
			if err != nil {
				return fmt.Errorf("grant %s: %w", d.Slug, err)
			}
			emblems = append(emblems, models.GrantEmblem{GrantID: g.ID, Language: tag, EmblemSHA256: picture})
		}
		for country, byLanguage := range d.Designations {
			for tag, s := range byLanguage {
				designations = append(designations, models.GrantDesignation{GrantID: g.ID, CountryCode: country, Language: tag,
					Designation: s.Designation, Footnote: s.Footnote})
			}
		}
		if err := g.Validate(); err != nil {
			return fmt.Errorf("grant %s: %w", d.Slug, err)
		}
		list = append(list, g)
	}
	if err := l.insert(ctx, "grants", &list); err != nil {
		return err
	}
	if err := l.insert(ctx, "what grants want said", &statements); err != nil {
		return err
	}
	if err := l.insert(ctx, "the emblems of grants", &emblems); err != nil {
		return err
	}
	return l.insert(ctx, "how grants designate countries", &designations)
}

// picture stores an emblem and returns what it is known by.
func (l *loader) picture(ctx context.Context, name string) (string, error) {
	content, err := files.ReadFile(path.Join("data/emblems", name))
	if err != nil {
		return "", err
	}
	e, err := models.NewEmblem(content, l.now)
	if err != nil {
		return "", err
	}
	return e.SHA256, l.insert(ctx, "a picture", &[]models.Emblem{*e})
}

func (l *loader) procedures(ctx context.Context) error {
	var list []models.Procedure
	for _, d := range l.data.Procedures {
		if err := d.Document.Validate(); err != nil {
			return fmt.Errorf("procedure %s: %w", d.Slug, err)
		}
		list = append(list, models.Procedure{ID: ID("procedure", d.Slug), Slug: d.Slug, Version: 1, Names: d.Names,
			Document: d.Document, CreatedAt: l.now})
	}
	return l.insert(ctx, "procedures", &list)
}

// parent returns the id behind a slug, or nil for none.
func parent(kind, slug string) *uuid.UUID {
	if slug == "" {
		return nil
	}
	id := ID(kind, slug)
	return &id
}

// zone sets whose clock counts for people without a country. It is a coordinator's from then on.
func (l *loader) zone(ctx context.Context) error {
	return models.SetNetworkZone(ctx, l.tx, l.data.Network.Zone)
}
