package testsecrets

import (
	"archive/zip"
	"bytes"
	"compress/zlib"
	"encoding/hex"
	"io"
	"regexp"
	"strconv"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/require"
)

// VisibleBytes are what whoever opens an answer can read in it: of a packed file, as Word's and Excel's are, all its parts; of
// a PDF the words that are printed; of anything else what it is.
func VisibleBytes(t *testing.T, answer []byte) []byte {
	t.Helper()
	switch {
	case bytes.HasPrefix(answer, []byte("PK\x03\x04")):
		return unpacked(t, answer)
	case bytes.HasPrefix(answer, []byte("%PDF-")):
		return printed(t, answer)
	}
	return answer
}

// unpacked are the parts of an archive, with their names. Words that are shown in several pieces are looked for without the
// marks between them, too.
func unpacked(t *testing.T, archive []byte) []byte {
	t.Helper()
	parts, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	require.NoError(t, err)
	var all bytes.Buffer
	for _, part := range parts.File {
		r, err := part.Open()
		require.NoError(t, err)
		content, err := io.ReadAll(r)
		require.NoError(t, err)
		require.NoError(t, r.Close())
		all.WriteString(part.Name + "\n")
		all.Write(VisibleBytes(t, content))
		all.WriteString("\n")
		all.Write(marks.ReplaceAll(content, nil))
		all.WriteString("\n")
	}
	return all.Bytes()
}

var (
	marks   = regexp.MustCompile(`<[^>]*>`)
	streams = regexp.MustCompile(`(?s)stream\r?\n(.*?)\r?\nendstream`)
	ranges  = regexp.MustCompile(`(?s)beginbf(char|range)(.*?)endbf`)
	hexes   = regexp.MustCompile(`<([0-9A-Fa-f]+)>`)
)

// printed are the words of a PDF as Chromium writes it, which says them as numbers of letters in a font: read with every font's
// table of letters in turn, because only one makes words of them. Beside them stands the file itself, for what is not packed.
func printed(t *testing.T, file []byte) []byte {
	t.Helper()
	var pages [][]byte
	var fonts []map[uint64]string
	for _, stream := range streams.FindAllSubmatch(file, -1) {
		content := stream[1]
		if r, err := zlib.NewReader(bytes.NewReader(content)); err == nil {
			if content, err = io.ReadAll(r); err != nil {
				continue // a picture, or something else that only begins alike
			}
		}
		if bytes.Contains(content, []byte("begincmap")) {
			fonts = append(fonts, lettersOf(content))
		} else {
			pages = append(pages, content)
		}
	}
	require.NotEmpty(t, fonts, "a PDF without fonts has no words that could be read")
	all := bytes.NewBuffer(bytes.Clone(file))
	for _, page := range pages {
		for _, font := range fonts {
			all.WriteString("\n")
			for _, shown := range hexes.FindAllSubmatch(page, -1) {
				for glyphs := shown[1]; len(glyphs) >= 4; glyphs = glyphs[4:] {
					all.WriteString(font[number(glyphs[:4])])
				}
			}
		}
	}
	return all.Bytes()
}

// lettersOf reads a font's table: which letters the number of a glyph stands for.
func lettersOf(table []byte) map[uint64]string {
	letters := map[uint64]string{}
	for _, list := range ranges.FindAllSubmatch(table, -1) {
		said := hexes.FindAllSubmatch(list[2], -1)
		if string(list[1]) == "char" {
			for i := 0; i+1 < len(said); i += 2 {
				letters[number(said[i][1])] = text(said[i+1][1])
			}
			continue
		}
		for i := 0; i+2 < len(said); i += 3 {
			first, last, begin := number(said[i][1]), number(said[i+1][1]), number(said[i+2][1])
			for glyph := first; glyph <= last; glyph++ {
				letters[glyph] = string(rune(begin + glyph - first)) //nolint:gosec // at most four digits
			}
		}
	}
	return letters
}

func number(digits []byte) uint64 {
	n, _ := strconv.ParseUint(string(digits), 16, 64) // the pattern lets nothing else through
	return n
}

func text(digits []byte) string {
	raw, _ := hex.DecodeString(string(digits))
	var units []uint16
	for ; len(raw) >= 2; raw = raw[2:] {
		units = append(units, uint16(raw[0])<<8|uint16(raw[1]))
	}
	return string(utf16.Decode(units))
}
