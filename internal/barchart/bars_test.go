package barchart

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image/png"
	"io"
	"strconv"
	"strings"
	"testing"

	"github.com/go-analyze/charts"
	"github.com/stretchr/testify/require"
)

func bars(narrow, dark bool) Bars {
	return Bars{Narrow: narrow, Dark: dark, Number: strconv.Itoa, Bars: []Bar{{"Босна и Херцеговина", 90, 100, "90 от 100"}, {"Shqipëri <&>", 0, 7, "0 от 7"},
		{"bosanski/hrvatski/srpski", 41, 41, "41 od 41"}}}
}

// texts are the words of a picture, in their order.
func texts(t *testing.T, svg []byte) (all []string) {
	t.Helper()
	for d := xml.NewDecoder(bytes.NewReader(svg)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return all
		}
		require.NoError(t, err)
		if words, is := token.(xml.CharData); is && strings.TrimSpace(string(words)) != "" {
			all = append(all, string(words))
		}
	}
}

func TestEachBarHasItsNameAndNumberOnAnAxisFromNought(t *testing.T) {
	for _, narrow := range []bool{false, true} {
		for _, dark := range []bool{false, true} {
			b := bars(narrow, dark)
			svg, err := b.Draw(SVG)
			require.NoError(t, err)
			require.Equal(t, []string{"0", "50", "100", "Босна и Херцеговина", "90 от 100", "Shqipëri <&>", "0 от 7", "bosanski/hrvatski/srpski", "41 od 41"}, texts(t, svg))
			points, err := b.Draw(PNG)
			require.NoError(t, err)
			picture, err := png.Decode(bytes.NewReader(points))
			require.NoError(t, err)
			width, height := b.Size()
			require.Equal(t, [2]int{width, height}, [2]int{picture.Bounds().Dx(), picture.Bounds().Dy()})
			require.Contains(t, string(svg), `viewBox="0 0 `+strconv.Itoa(width)+" "+strconv.Itoa(height)+`"`)
		}
	}
}

func TestPartAndRestDifferInBrightness(t *testing.T) {
	bright := func(c charts.Color) float64 { return .2126*float64(c.R) + .7152*float64(c.G) + .0722*float64(c.B) }
	for _, c := range []colours{onPaper, onDark} {
		for _, pair := range [][2]charts.Color{{c.part, c.rest}, {c.part, c.paper}, {c.ink, c.paper}} {
			require.Greater(t, max(bright(pair[0])-bright(pair[1]), bright(pair[1])-bright(pair[0])), 80.0)
		}
	}
}

func TestTheAxisHasFewAndRoundSteps(t *testing.T) {
	for longest, want := range map[int][2]int{1: {1, 1}, 4: {1, 4}, 5: {2, 6}, 41: {20, 60}, 100: {50, 100}, 101: {50, 150}, 100_000: {50_000, 100_000}} {
		step, top := stepsTo(longest)
		require.Equal(t, want, [2]int{step, top}, "%d", longest)
	}
}

func TestNamesThatLeaveNoRoomStandAboveTheirBars(t *testing.T) {
	b := bars(false, false)
	_, before := b.Size()
	b.Bars[0].Name = strings.Repeat("дълго име ", 6)
	_, after := b.Size()
	require.Greater(t, after, before)
}
