package i18n

import (
	goi18n "github.com/nicksnyder/go-i18n/v2/i18n"
)

// engine says what one language has, plural forms and all. Sentences without them lie beside the engine of templates and are given to
// it when it has to say them: what it keeps for each message takes more memory than the words, and it seldom has to.
type engine struct {
	said   map[string]sentence
	others *goi18n.Localizer
}

func engineOf(c catalog) (*engine, error) {
	bundle := goi18n.NewBundle(c.tag)
	if err := bundle.AddMessages(c.tag, c.messages...); err != nil {
		return nil, err
	}
	return &engine{said: c.said, others: goi18n.NewLocalizer(bundle, c.tag.String())}, nil
}

func (e *engine) localize(key string, count any, data map[string]any) (string, error) {
	config := &goi18n.LocalizeConfig{MessageID: key, TemplateData: data, PluralCount: count}
	if s, plain := e.said[key]; plain {
		config.DefaultMessage = &goi18n.Message{ID: key, Other: s.text()}
	}
	return e.others.Localize(config)
}
