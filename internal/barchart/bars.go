// Package barchart draws pictures of figures on the server: lying bars on an axis from nought, each with its name and its number beside
// it. What of a bar is dark and what is light differs in brightness, so that a picture is read by who sees no colours, on paper and in
// the dark alike.
package barchart

import (
	"fmt"
	"html"
	"math"

	"github.com/go-analyze/charts"
)

// The forms of a picture, as the names of files end.
const (
	SVG = "svg"
	PNG = "png"
)

// MediaType is what a form is in a header.
func MediaType(form string) string {
	if form == PNG {
		return "image/png"
	}
	return "image/svg+xml"
}

// Bar is a part of a whole.
type Bar struct {
	Name        string
	Part, Whole int
	Says        string // the number, as it is written behind the bar
}

// Bars is a picture of some, the first at the top.
type Bars struct {
	Bars   []Bar
	Number func(int) string // writes a number at the axis
	Narrow bool             // for a phone
	Dark   bool             // for who reads light on dark
}

// How large things are, in points of the picture.
const (
	wide, narrow = 760, 360
	lying        = 34 // from one bar to the next where its name stands before it
	stacked      = 54 // likewise where it stands above it
	thick        = 18
	letters      = 11.0
	gap          = 8
	axis         = 30
)

// colours are those of the pages (tokens.css): ink on paper-white, and light on dark.
type colours struct{ paper, ink, line, rule, part, rest charts.Color }

var (
	onPaper = coloursOf("#ffffff", "#1b2426", "#7d8785", "#dedbd1", "#0b5563", "#b3c9cc")
	onDark  = coloursOf("#12181a", "#e9e6de", "#76827f", "#2e393b", "#86ccd4", "#38575d")
)

func coloursOf(paper, ink, line, rule, part, rest string) colours {
	c := charts.ParseColor
	return colours{c(paper), c(ink), c(line), c(rule), c(part), c(rest)}
}

// layout is where things stand in a picture.
type layout struct {
	width, height int
	left, right   int // of the axis
	row           int
	above         bool // names stand above their bars
	step, top     int  // of the axis: from one number to the next, and the last
	style         charts.FontStyle
	markup        bool // words are written into markup, into which the library writes them as they are
}

// Size is how large the picture is, as it is drawn.
func (b Bars) Size() (width, height int) {
	at := b.layout(b.painter(PNG, 1, 1), b.colours())
	return at.width, at.height
}

// Draw draws the picture in a form.
func (b Bars) Draw(form string) ([]byte, error) {
	c := b.colours()
	at := b.layout(b.painter(PNG, 1, 1), c)
	at.markup = form == SVG
	p := b.painter(form, at.width, at.height)
	p.FilledRect(0, 0, at.width, at.height, c.paper, c.paper, 0)
	b.drawAxis(p, at, c)
	for i, bar := range b.Bars {
		b.drawBar(p, at, c, bar, i*at.row)
	}
	content, err := p.Bytes()
	if err != nil {
		return nil, fmt.Errorf("write a picture of bars: %w", err)
	}
	return content, nil
}

func (b Bars) painter(form string, width, height int) *charts.Painter {
	return charts.NewPainter(charts.PainterOptions{OutputFormat: form, Width: width, Height: height})
}

func (b Bars) colours() colours {
	if b.Dark {
		return onDark
	}
	return onPaper
}

// layout makes room for the longest name and the longest number; names that would leave too little for the bars stand above them.
func (b Bars) layout(p *charts.Painter, c colours) layout {
	at := layout{width: wide, row: lying, style: charts.FontStyle{FontSize: letters, FontColor: c.ink, Font: charts.GetDefaultFont()}}
	if b.Narrow {
		at.width = narrow
	}
	longest, said, named := 1, 0, 0
	for _, bar := range b.Bars {
		longest = max(longest, bar.Whole, bar.Part)
		said = max(said, at.wideAs(p, bar.Says))
		named = max(named, at.wideAs(p, bar.Name))
	}
	if at.above = b.Narrow || named > wide/3; at.above {
		at.row, named = stacked, 0
	} else {
		named += gap
	}
	at.left, at.right = named+gap, at.width-said-2*gap
	at.height = len(b.Bars)*at.row + axis + gap
	at.step, at.top = stepsTo(longest)
	return at
}

func (at layout) wideAs(p *charts.Painter, words string) int {
	return p.MeasureText(words, 0, at.style).Width()
}

// write writes words that begin at a point.
func (at layout) write(p *charts.Painter, words string, x, y int) {
	if at.markup {
		words = html.EscapeString(words)
	}
	p.Text(words, x, y, 0, at.style)
}

// x is where a number stands on the axis.
func (at layout) x(n int) int {
	return at.left + int(math.Round(float64(n)/float64(at.top)*float64(at.right-at.left)))
}

// stepsTo parts an axis from nought into at most four round steps that hold a number.
func stepsTo(longest int) (step, top int) {
	for unit := 1; ; unit *= 10 {
		for _, times := range []int{1, 2, 5} {
			if step = unit * times; step*4 >= longest {
				return step, (longest + step - 1) / step * step
			}
		}
	}
}

func (b Bars) drawAxis(p *charts.Painter, at layout, c colours) {
	foot := at.height - axis
	for n := 0; n <= at.top; n += at.step {
		colour := c.rule
		if n == 0 {
			colour = c.line
		}
		p.LineStroke([]charts.Point{{X: at.x(n), Y: 0}, {X: at.x(n), Y: foot}}, colour, 1)
		said := b.Number(n)
		at.write(p, said, min(max(at.x(n)-at.wideAs(p, said)/2, 0), at.width-at.wideAs(p, said)), at.height-gap)
	}
}

func (b Bars) drawBar(p *charts.Painter, at layout, c colours, bar Bar, y int) {
	top := y + (at.row-thick)/2
	if at.above {
		top = y + at.row - thick - gap
		at.write(p, bar.Name, at.left, top-gap)
	} else {
		at.write(p, bar.Name, at.left-gap-at.wideAs(p, bar.Name), top+thick-4)
	}
	end := at.x(max(bar.Whole, bar.Part))
	if bar.Whole > bar.Part {
		p.FilledRect(at.left, top, end, top+thick, c.rest, c.rest, 0)
	}
	if bar.Part > 0 {
		p.FilledRect(at.left, top, max(at.x(bar.Part), at.left+1), top+thick, c.part, c.part, 0)
	}
	at.write(p, bar.Says, end+gap, top+thick-4)
}
