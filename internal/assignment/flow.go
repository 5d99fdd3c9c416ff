package assignment

import (
	"cmp"
	"container/heap"
	"math"
	"slices"
)

// network is a flow network whose edges carry one unit each; edge e^1 is the way back of edge e.
type network struct {
	out   [][]int // edges by the node they leave
	edges []edge
	price []int // potentials: with them no edge that can be used has a negative cost
}

type edge struct{ to, left, cost int }

func newNetwork(nodes int) *network {
	return &network{out: make([][]int, nodes), price: make([]int, nodes)}
}

func (n *network) source() int { return 0 }

func (n *network) sink() int { return len(n.out) - 1 }

func (n *network) edge(from, to, cost int) {
	n.out[from] = append(n.out[from], len(n.edges))
	n.out[to] = append(n.out[to], len(n.edges)+1)
	n.edges = append(n.edges, edge{to, 1, cost}, edge{from, 0, -cost})
}

// run sends one unit after the other along the cheapest way there is, until none is left. Every cost is at least nought
// at first, so that the potentials can begin at nought.
func (n *network) run() {
	for {
		far, by := n.cheapest()
		if far[n.sink()] == unreached {
			return
		}
		for node := range n.price {
			if far[node] != unreached {
				n.price[node] += far[node]
			} else {
				n.price[node] += far[n.sink()]
			}
		}
		for node := n.sink(); node != n.source(); node = n.edges[by[node]^1].to {
			n.edges[by[node]].left--
			n.edges[by[node]^1].left++
		}
	}
}

const unreached = math.MaxInt

// cheapest is Dijkstra's algorithm over reduced costs: how far every node is, no farther than the sink, and by which edge
// it is reached.
func (n *network) cheapest() (far, by []int) {
	far, by = make([]int, len(n.out)), make([]int, len(n.out))
	for i := range far {
		far[i] = unreached
	}
	far[n.source()] = 0
	queue := &reached{{n.source(), 0}}
	for queue.Len() > 0 {
		here := heap.Pop(queue).(reach)
		if here.far > far[here.node] {
			continue
		}
		if here.node == n.sink() {
			break
		}
		for _, e := range n.out[here.node] {
			to := n.edges[e].to
			there := here.far + n.edges[e].cost + n.price[here.node] - n.price[to]
			if n.edges[e].left > 0 && there < far[to] {
				far[to], by[to] = there, e
				heap.Push(queue, reach{to, there})
			}
		}
	}
	n.within(far)
	return far, by
}

// within forgets how far nodes beyond the sink are: the search ended before that was certain.
func (n *network) within(far []int) {
	for node, d := range far {
		if d != unreached && far[n.sink()] != unreached && d > far[n.sink()] {
			far[node] = unreached
		}
	}
}

type reach struct{ node, far int }

// reached is a heap of nodes, the nearest first, and of those as near the first.
type reached []reach

func (r reached) Len() int { return len(r) }

func (r reached) Less(i, j int) bool {
	return cmp.Or(cmp.Compare(r[i].far, r[j].far), cmp.Compare(r[i].node, r[j].node)) < 0
}

func (r reached) Swap(i, j int) { r[i], r[j] = r[j], r[i] }

func (r *reached) Push(x any) { *r = append(*r, x.(reach)) }

func (r *reached) Pop() any {
	last := (*r)[len(*r)-1]
	*r = (*r)[:len(*r)-1]
	return last
}

// byFit puts the best fit first, and of those as good the first in the list.
func byFit(people, fit []int) {
	slices.SortStableFunc(people, func(a, b int) int { return cmp.Or(cmp.Compare(fit[b], fit[a]), cmp.Compare(a, b)) })
}
