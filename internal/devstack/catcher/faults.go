package catcher

import (
	"hash/fnv"
	"sync"

	"github.com/emersion/go-smtp"
)

// Faults are what tests ask the catcher to do wrong. Nil fields do nothing.
type Faults struct {
	// Refuse is asked for every recipient; an error refuses it.
	Refuse func(to string) *smtp.SMTPError
	// HangUp is asked for every recipient before Refuse; true closes the
	// connection, so that nothing of the mail was accepted.
	HangUp func(to string) bool
	// DropAfter is asked when the n-th mail (from 1, in order of arrival) is
	// stored; true closes the connection without an answer, so that the sender
	// cannot know whether the mail was accepted.
	DropAfter func(n int) bool
}

// SetFaults replaces the faults, also of conversations under way.
func (c *Catcher) SetFaults(f Faults) { c.faults.Store(&f) }

func (c *Catcher) faultsNow() *Faults {
	if f := c.faults.Load(); f != nil {
		return f
	}
	return &Faults{}
}

func (f *Faults) refuse(to string) error {
	if f.Refuse == nil {
		return nil
	}
	// Not returned directly: a nil *SMTPError in an error is not nil.
	if err := f.Refuse(to); err != nil {
		return err
	}
	return nil
}

func (f *Faults) hangUp(to string) bool { return f.HangUp != nil && f.HangUp(to) }

func (f *Faults) dropAfter(n int) bool { return f.DropAfter != nil && f.DropAfter(n) }

// RefuseForGood refuses percent of all addresses, always the same ones, with
// code 550: the mailbox does not exist.
func RefuseForGood(percent int) func(to string) *smtp.SMTPError {
	return func(to string) *smtp.SMTPError {
		if !InShare(to, percent) {
			return nil
		}
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "No such mailbox"}
	}
}

// RefuseOnce refuses percent of all addresses with code 451 the first time
// each is tried, and accepts them from then on.
func RefuseOnce(percent int) func(to string) *smtp.SMTPError {
	var tried sync.Map
	return func(to string) *smtp.SMTPError {
		if !InShare(to, percent) {
			return nil
		}
		if _, again := tried.LoadOrStore(to, true); again {
			return nil
		}
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "Try again later"}
	}
}

// InShare says whether an address is among the percent that are refused.
func InShare(to string, percent int) bool {
	h := fnv.New32a()
	h.Write([]byte(to))
	return int(h.Sum32()%100) < percent
}
