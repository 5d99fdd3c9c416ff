// Package assignment gives work to people: several pieces of work, each wanting some people, and people who each take a
// limited number, so that as much as possible is done, everywhere alike, by those who fit best, and nobody carries more
// than their share while others are free.
//
// It is a minimum-cost flow with convex costs, solved by successive shortest paths with potentials (Ahuja, Magnanti and
// Orlin, Network Flows, 1993, sections 9.7 and 14.4). Conferences assign reviewers in the same way.
package assignment

import (
	"errors"
	"fmt"
)

// Problem says what is wanted. Fit has a row for each piece of work and a column for each person.
type Problem struct {
	Fit   [][]int // how well a person fits, from 0 to MaxFit; Never where they cannot be asked
	Wants []int   // people wanted for each piece of work
	Takes []int   // what each person takes at most
	Busy  []int   // what each person has already: it counts when work is shared out, not against Takes; nil: nothing
}

// Never is the fit of somebody who cannot be asked.
const Never = -1

// MaxFit is the best fit there is.
const MaxFit = 1000

// The order of what matters: first that every piece of work has as many people as the others, then that work is shared
// among people, then fit. A step of Shared outweighs that much fit, so that a better one may be asked once more than
// another, but not twice more.
const (
	shared = MaxFit / 4
	spread = 1 << 20
)

// Solve returns the people for each piece of work, the best fit first. Pieces of work for which there are not enough
// people get fewer, all about as few. The same problem has the same solution.
func Solve(p Problem) ([][]int, error) {
	if err := p.validate(); err != nil {
		return nil, err
	}
	n := p.network()
	n.run()
	return p.read(n), nil
}

func (p Problem) validate() error {
	if len(p.Wants) != len(p.Fit) || (p.Busy != nil && len(p.Busy) != len(p.Takes)) {
		return errors.New("assignment: the lengths of the problem's lists differ")
	}
	for i, row := range p.Fit {
		if len(row) != len(p.Takes) {
			return fmt.Errorf("assignment: row %d has %d people of %d", i, len(row), len(p.Takes))
		}
		for _, fit := range row {
			if fit < Never || fit > MaxFit {
				return fmt.Errorf("assignment: fit %d in row %d", fit, i)
			}
		}
	}
	return nil
}

// network lays the problem out: source → work → people → sink. Every further person for a piece of work, and every
// further piece of work for a person, costs a step more.
func (p Problem) network() *network {
	work, people := len(p.Wants), len(p.Takes)
	n := newNetwork(work + people + 2)
	for w, wants := range p.Wants {
		for k := range min(wants, people) {
			n.edge(n.source(), 1+w, spread*k)
		}
		for person, fit := range p.Fit[w] {
			if fit != Never {
				n.edge(1+w, 1+work+person, MaxFit-fit)
			}
		}
	}
	for person, takes := range p.Takes {
		busy := 0
		if p.Busy != nil {
			busy = p.Busy[person]
		}
		for k := range min(takes, work) {
			n.edge(1+work+person, n.sink(), shared*(busy+k))
		}
	}
	return n
}

// read lists who was given what.
func (p Problem) read(n *network) [][]int {
	work := len(p.Wants)
	given := make([][]int, work)
	for w := range given {
		for _, e := range n.out[1+w] {
			if person := n.edges[e].to - 1 - work; e%2 == 0 && n.edges[e].left == 0 && person >= 0 && person < len(p.Takes) {
				given[w] = append(given[w], person)
			}
		}
		byFit(given[w], p.Fit[w])
	}
	return given
}
