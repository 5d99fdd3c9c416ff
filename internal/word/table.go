package word

import (
	"encoding/json"
	"slices"
)

// cell is one field of a table.
type cell struct {
	align json.RawMessage
	down  int // rows it reaches over
	right int // columns it reaches over
	text  []node
}

// UnmarshalJSON implements json.Unmarshaler.
func (c *cell) UnmarshalJSON(raw []byte) error {
	return fields(raw, nil, &c.align, &c.down, &c.right, &c.text)
}

// rows are lines of a table: attributes, and the cells of each.
type rows [][]cell

// UnmarshalJSON implements json.Unmarshaler.
func (r *rows) UnmarshalJSON(raw []byte) error {
	var list []json.RawMessage
	if err := json.Unmarshal(raw, &list); err != nil {
		return err
	}
	for _, one := range list {
		var cells []cell
		if err := fields(one, nil, &cells); err != nil {
			return err
		}
		*r = append(*r, cells)
	}
	return nil
}

// table makes every table one of the kind that Markdown has: a head of one row, a line of text in every cell, no cell that
// reaches over others. A table without a head takes its first row for one.
func (t *tidy) table(n node) []node {
	var caption, columns []json.RawMessage
	var head, foot []json.RawMessage
	var bodies []json.RawMessage
	t.read(n.Content, nil, &caption, &columns, &head, &bodies, &foot)
	var all rows
	for _, part := range headOf(head) {
		t.decode(part, &all)
	}
	for _, body := range bodies {
		var top, below rows
		t.read(body, nil, nil, &top, &below)
		all = append(append(all, top...), below...)
	}
	for _, part := range headOf(foot) {
		t.decode(part, &all)
	}
	grid := t.grid(all, len(columns))
	if t.err != nil || len(grid) == 0 {
		return nil
	}
	return append(t.captionOf(caption), encodeTable(columns, grid))
}

// headOf is the list of rows in a head or foot, which stands after its attributes.
func headOf(part []json.RawMessage) []json.RawMessage {
	if len(part) < 2 {
		return nil
	}
	return part[1:2]
}

func (t *tidy) captionOf(caption []json.RawMessage) []node {
	var inner []node
	if len(caption) == 2 {
		t.decode(caption[1], &inner)
	}
	return t.blocks(inner)
}

// grid lays the cells out on as many columns as there are; rows in which nothing stands are left out.
func (t *tidy) grid(all rows, columns int) [][][]node {
	var grid [][][]node
	covered := make([]int, columns) // rows for which a cell from above still covers the column
	for _, row := range all {
		line, next, said := make([][]node, columns), 0, false
		for at := range columns {
			if covered[at] > 0 {
				covered[at]--
				continue
			}
			if next >= len(row) {
				continue
			}
			c := row[next]
			next++
			line[at] = t.flat(c.text)
			said = said || len(line[at]) > 0
			for over := at; over < min(columns, at+max(1, c.right)); over++ {
				covered[over] = max(0, c.down-1)
				if over > at {
					covered[over]++ // this row's own place is covered, too
				}
			}
		}
		if said {
			grid = append(grid, line)
		}
	}
	return grid
}

// flat puts all that stands in a cell into one line.
func (t *tidy) flat(list []node) []node {
	var lines [][]node
	t.gather(t.blocks(list), &lines)
	var out []node
	for i, l := range lines {
		if i > 0 {
			out = append(out, of("Str", ";"), node{Kind: "Space"})
		}
		out = append(out, spaced(l)...)
	}
	return out
}

func (t *tidy) gather(list []node, lines *[][]node) {
	for _, n := range list {
		var inner []node
		switch n.Kind {
		case "Para", "Plain":
			t.decode(n.Content, &inner)
			*lines = append(*lines, inner)
		case "Header":
			t.read(n.Content, nil, nil, &inner)
			*lines = append(*lines, inner)
		case "BulletList":
			var items [][]node
			t.decode(n.Content, &items)
			t.gather(slices.Concat(items...), lines)
		case "OrderedList":
			var items [][]node
			t.read(n.Content, nil, &items)
			t.gather(slices.Concat(items...), lines)
		case "BlockQuote":
			t.decode(n.Content, &inner)
			t.gather(inner, lines)
		case "CodeBlock":
			var code string
			t.read(n.Content, nil, &code)
			*lines = append(*lines, words(code))
		case "Table":
			t.gatherTable(n, lines)
		}
	}
}

// gatherTable reads a table in a table, which is already tidied, cell by cell.
func (t *tidy) gatherTable(n node, lines *[][]node) {
	var head, bodies []json.RawMessage
	t.read(n.Content, nil, nil, nil, &head, &bodies)
	var all, below rows
	for _, part := range headOf(head) {
		t.decode(part, &all)
	}
	for _, body := range bodies {
		t.read(body, nil, nil, nil, &below)
	}
	for _, row := range append(all, below...) {
		for _, c := range row {
			t.gather(c.text, lines)
		}
	}
}

// spaced has no line breaks: a cell is one line.
func spaced(list []node) []node {
	out := slices.Clone(list)
	for i, n := range out {
		if n.Kind == "LineBreak" || n.Kind == "SoftBreak" {
			out[i] = node{Kind: "Space"}
		}
	}
	return out
}

func encodeTable(columns []json.RawMessage, grid [][][]node) node {
	type list = []any
	encode := func(lines [][][]node) list {
		out := list{}
		for _, line := range lines {
			cells := list{}
			for _, text := range line {
				blocks := []node{}
				if len(text) > 0 {
					blocks = append(blocks, of("Plain", text))
				}
				cells = append(cells, list{noAttributes, node{Kind: "AlignDefault"}, 1, 1, blocks})
			}
			out = append(out, list{noAttributes, cells})
		}
		return out
	}
	plainColumns := list{}
	for _, c := range columns {
		var align json.RawMessage
		if fields(c, &align) != nil {
			align = json.RawMessage(`{"t":"AlignDefault"}`)
		}
		plainColumns = append(plainColumns, list{align, node{Kind: "ColWidthDefault"}})
	}
	return of("Table", list{noAttributes, list{nil, list{}}, plainColumns, list{noAttributes, encode(grid[:1])},
		list{list{noAttributes, 0, list{}, encode(grid[1:])}}, list{noAttributes, list{}}})
}
