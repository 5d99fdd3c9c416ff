package models

import "encoding/json"

// Written is the part of a payload that says in which language somebody's words are, so that they are read out as they
// are meant; "" where nobody said. Nothing is concluded from a profile: people write in more languages than one.
type Written struct {
	WrittenIn string `json:"written_in,omitempty" validate:"omitempty,max=35,bcp47_language_tag"`
}

// WrittenIn is the language that a submission's words are in, whatever its kind; "" where it does not say.
func (s *Submission) WrittenIn() string {
	var w Written
	if json.Unmarshal(s.Payload, &w) != nil {
		return ""
	}
	return w.WrittenIn
}
