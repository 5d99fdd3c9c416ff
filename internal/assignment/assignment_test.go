package assignment_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/assignment"
)

func TestEveryPieceOfWorkGoesToWhomItFitsBest(t *testing.T) {
	given, err := assignment.Solve(assignment.Problem{
		Fit:   [][]int{{900, 800, assignment.Never}, {900, 100, assignment.Never}, {0, 0, 0}},
		Wants: []int{1, 1, 1}, Takes: []int{1, 1, 1}})
	require.NoError(t, err)
	require.Equal(t, [][]int{{1}, {0}, {2}}, given, "the first goes to the second best, for nobody else can do the second")
}

func TestWhatIsMissingIsMissingEverywhereAlike(t *testing.T) {
	given, err := assignment.Solve(assignment.Problem{
		Fit:   [][]int{{1000, 1000, 1000}, {1, 1, 1}, {0, 0, 0}},
		Wants: []int{3, 3, 3}, Takes: []int{1, 1, 1}})
	require.NoError(t, err)
	for _, people := range given {
		require.Len(t, people, 1)
	}
}

func TestWorkIsSharedAmongThoseWhoFitAboutAsWell(t *testing.T) {
	p := assignment.Problem{Fit: [][]int{{700, 600}, {700, 600}}, Wants: []int{1, 1}, Takes: []int{5, 5}}
	given, err := assignment.Solve(p)
	require.NoError(t, err)
	require.ElementsMatch(t, [][]int{{0}, {1}}, given)

	p.Busy = []int{3, 0}
	given, err = assignment.Solve(p)
	require.NoError(t, err)
	require.Equal(t, [][]int{{1}, {1}}, given, "who has much already is spared")

	p.Fit, p.Busy = [][]int{{1000, 0}, {1000, 0}}, nil
	given, err = assignment.Solve(p)
	require.NoError(t, err)
	require.Equal(t, [][]int{{0}, {0}}, given, "but not at any price: the other does not know the subject at all")
}

func TestAProblemThatCannotBeMeantIsRefused(t *testing.T) {
	for name, p := range map[string]assignment.Problem{
		"rows":     {Fit: [][]int{{1}}, Wants: []int{1, 1}, Takes: []int{1}},
		"columns":  {Fit: [][]int{{1, 1}}, Wants: []int{1}, Takes: []int{1}},
		"too good": {Fit: [][]int{{assignment.MaxFit + 1}}, Wants: []int{1}, Takes: []int{1}},
		"too bad":  {Fit: [][]int{{-2}}, Wants: []int{1}, Takes: []int{1}},
		"busy":     {Fit: [][]int{{1}}, Wants: []int{1}, Takes: []int{1}, Busy: []int{1, 2}},
	} {
		_, err := assignment.Solve(p)
		require.Error(t, err, name)
	}
}

// TestNoOtherWayIsCheaper holds small problems against every way there is.
func TestNoOtherWayIsCheaper(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		p := anyProblem(r)
		given, err := assignment.Solve(p)
		require.NoError(t, err)
		pairs, cost := judge(t, p, given)
		mostPairs, least := exhaust(p)
		require.Equal(t, mostPairs, pairs, "%+v %v", p, given)
		require.Equal(t, least, cost, "%+v %v", p, given)
	}
}

func anyProblem(r *rand.Rand) assignment.Problem {
	work, people := 1+r.IntN(3), 1+r.IntN(4)
	p := assignment.Problem{Wants: make([]int, work), Takes: make([]int, people), Busy: make([]int, people), Fit: make([][]int, work)}
	for w := range work {
		p.Wants[w], p.Fit[w] = r.IntN(4), make([]int, people)
		for k := range people {
			p.Fit[w][k] = r.IntN(assignment.MaxFit+400) - 400
			if p.Fit[w][k] < 0 {
				p.Fit[w][k] = assignment.Never
			}
		}
	}
	for k := range people {
		p.Takes[k], p.Busy[k] = r.IntN(4), r.IntN(3)
	}
	return p
}

// judge counts the pairs of a solution and what it costs, by the words of the package alone.
func judge(t *testing.T, p assignment.Problem, given [][]int) (pairs, cost int) {
	t.Helper()
	load := make([]int, len(p.Takes))
	for w, people := range given {
		require.LessOrEqual(t, len(people), p.Wants[w])
		for k, person := range people {
			require.NotEqual(t, assignment.Never, p.Fit[w][person])
			cost += k<<20 + assignment.MaxFit - p.Fit[w][person] + assignment.MaxFit/4*(p.Busy[person]+load[person])
			load[person]++
			pairs++
		}
	}
	for person, n := range load {
		require.LessOrEqual(t, n, p.Takes[person])
	}
	return pairs, cost
}

// exhaust tries every choice of pairs.
func exhaust(p assignment.Problem) (mostPairs, least int) {
	type pair struct{ w, person int }
	var pairs []pair
	for w, row := range p.Fit {
		for person, fit := range row {
			if fit != assignment.Never {
				pairs = append(pairs, pair{w, person})
			}
		}
	}
	least = math.MaxInt
	for set := range 1 << len(pairs) {
		done, load, cost, n, ok := make([]int, len(p.Wants)), make([]int, len(p.Takes)), 0, 0, true
		for i, q := range pairs {
			if set>>i&1 == 0 {
				continue
			}
			cost += done[q.w]<<20 + assignment.MaxFit - p.Fit[q.w][q.person] + assignment.MaxFit/4*(p.Busy[q.person]+load[q.person])
			done[q.w]++
			load[q.person]++
			n++
			ok = ok && done[q.w] <= p.Wants[q.w] && load[q.person] <= p.Takes[q.person]
		}
		if ok && (n > mostPairs || n == mostPairs && cost < least) {
			mostPairs, least = n, cost
		}
	}
	return mostPairs, least
}
