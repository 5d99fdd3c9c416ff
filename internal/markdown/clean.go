package markdown

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Clean repairs text pasted from a word processor so that it is what it looked like: one kind of line end and space,
// bullets that Markdown understands, nothing invisible. Letters and diacritics stay, composed (NFC); letters that look
// alike, such as ş and ș, are never exchanged. Typographic quotes and dashes stay, they are good typography.
func Clean(pasted string) string {
	s := norm.NFC.String(strings.ToValidUTF8(pasted, ""))
	s = breaks.Replace(s)
	s = strings.Map(cleanRune, s)
	lines := strings.Split(strings.Trim(s, "\n"), "\n")
	for i, line := range lines {
		lines[i] = cleanLine(line)
	}
	s = strings.Join(separateParagraphs(lines), "\n")
	return strings.Trim(blankRun.ReplaceAllString(s, "\n\n"), "\n")
}

// breaks knows the line ends of Windows, of old Macs and of Unicode; U+000B is a word processor's line break within a
// paragraph, U+000C its page break.
var breaks = strings.NewReplacer(
	"\r\n", "\n", "\r", "\n", "\u000b", "\n", "\u000c", "\n\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n\n")

var blankRun = regexp.MustCompile(`\n{3,}`)

// cleanRune maps every exotic space to a space and drops what cannot be seen. Zero-width joiner and non-joiner go
// too: none of the network's languages is written with them.
func cleanRune(r rune) rune {
	switch {
	case r == '\n' || r == '\t':
		return r
	case r == '\u00ad', r == '\ufeff', r == '\u2060', r >= '\u200b' && r <= '\u200f', r >= '\u202a' && r <= '\u202e',
		r >= '\u2066' && r <= '\u2069', r == '\u180e', r == '\ufffc':
		return -1
	case r == '\u2011':
		return '-' // the non-breaking hyphen, which many fonts lack
	case unicode.Is(unicode.Zs, r):
		return ' '
	case unicode.IsControl(r):
		return -1
	default:
		return r
	}
}

var (
	// bulletLine finds what word processors put where a list marker belongs: bullets of the Symbol and Wingdings
	// fonts arrive as private-use characters, "o" alone before a tab is their second level.
	bulletLine = regexp.MustCompile(`^(\s*)(?:[\x{2022}\x{2023}\x{2043}\x{2219}\x{25AA}\x{25AB}\x{25A0}\x{25CF}\x{25CB}\x{25E6}\x{27A2}\x{2756}\x{00B7}\x{F000}-\x{F0FF}]|o\t)\s*(.*)$`)
	// dashLine is a dash followed by a tab, the hand-made list of many offices.
	dashLine = regexp.MustCompile(`^(\s*)[\x{2013}\x{2014}-]\t+(.*)$`)
	// numberLine is an automatic number followed by a tab.
	numberLine = regexp.MustCompile(`^(\s*)(\d{1,3})([.)])\t+(.*)$`)
)

func cleanLine(line string) string {
	switch {
	case strings.TrimSpace(line) == "":
		return ""
	case bulletLine.MatchString(line):
		line = bulletLine.ReplaceAllStringFunc(line, func(l string) string {
			m := bulletLine.FindStringSubmatch(l)
			return indent(m[1]) + "- " + m[2]
		})
	case dashLine.MatchString(line):
		m := dashLine.FindStringSubmatch(line)
		line = indent(m[1]) + "- " + m[2]
	case numberLine.MatchString(line):
		m := numberLine.FindStringSubmatch(line)
		line = indent(m[1]) + m[2] + m[3] + " " + m[4]
	}
	line = strings.Map(dropPrivateUse, line)
	hard := strings.HasSuffix(line, "  ") && !strings.HasSuffix(line, "   ")
	line = strings.TrimRight(line, " \t")
	if hard {
		line += "  " // Markdown's own line break
	}
	return line
}

// indent keeps the depth of a pasted list marker, two spaces a level, a tab being one level.
func indent(space string) string {
	width := strings.Count(space, "\t")*2 + strings.Count(space, " ")
	return strings.Repeat("  ", width/2)
}

// wideLine is longer than anybody wraps by hand: such a line is a whole paragraph.
const wideLine = 120

var (
	listItem   = regexp.MustCompile(`^\s*([-*+]|\d{1,3}[.)])\s`)
	structured = regexp.MustCompile("^\\s*(\\||>|```|~~~)")
)

// separateParagraphs puts blank lines between the lines of a text that has none but whose lines are whole
// paragraphs: word processors put one line end after each, Markdown would run them together.
func separateParagraphs(lines []string) []string {
	wide := false
	for _, l := range lines {
		if l == "" || structured.MatchString(l) {
			return lines
		}
		wide = wide || utf8.RuneCountInString(l) > wideLine
	}
	if !wide {
		return lines
	}
	var out []string
	for i, l := range lines {
		if i > 0 && !(listItem.MatchString(lines[i-1]) && listItem.MatchString(l)) {
			out = append(out, "")
		}
		out = append(out, l)
	}
	return out
}

func dropPrivateUse(r rune) rune {
	if unicode.Is(unicode.Co, r) {
		return -1
	}
	return r
}

func unixNewlines(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
}

// trimBlankLines takes whole blank lines off both ends; the indentation of the first line is part of the text.
func trimBlankLines(s string) string {
	for {
		line, rest, found := strings.Cut(s, "\n")
		if !found || strings.TrimSpace(line) != "" {
			break
		}
		s = rest
	}
	return strings.TrimRight(s, " \t\n")
}
