package api

import "tribuna/models"

// EditionGap says of a mailing that texts of it name what was published, in languages in which it is not.
type EditionGap struct {
	Languages []string              `json:"languages"` // of these texts
	Fields    []models.MailingField `json:"fields"`    // that they name: title, summary or link
	Given     string                `json:"given"`     // language of the title and the summary that stand there instead
}

// editionGap is nil where nothing is missing.
func (s *server) editionGap(c *call, m *models.Mailing) (*EditionGap, error) {
	gap, err := m.EditionGap(c.ctx(), s.DB, "")
	if err != nil || gap == nil {
		return nil, err
	}
	return &EditionGap{Languages: gap.Languages, Fields: gap.Fields, Given: gap.Given}, nil
}
