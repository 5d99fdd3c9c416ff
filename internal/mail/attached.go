package mail

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"strings"

	gomail "github.com/wneessen/go-mail"
)

// Attached is a file that goes along with a letter.
type Attached struct {
	Name, MediaType string
	Content         []byte
	Within          string // of a picture that stands in the letter: its Content-ID; "" for what is attached
}

// attach adds files to a message, in base64. Their names are written as RFC 2231 has it, whatever they hold.
func attach(m *gomail.Msg, files []Attached) error {
	for _, a := range files {
		name, add, disposition := oneLine(a.Name), m.AttachReader, "attachment"
		options := []gomail.FileOption{}
		if a.Within != "" {
			add, disposition = m.EmbedReader, "inline"
			options = append(options, gomail.WithFileContentID("<"+a.Within+">"))
		}
		options = append(options, func(f *gomail.File) {
			f.Header.Set("Content-Type", a.MediaType+parameter("name", name))
			f.Header.Set("Content-Disposition", disposition+parameter("filename", name))
		})
		if err := add(name, bytes.NewReader(a.Content), options...); err != nil {
			return fmt.Errorf("attach %s: %w", a.Name, err)
		}
	}
	return nil
}

// shortParameter is the longest value of a parameter that stands on one line, in characters.
const shortParameter = 60

// parameter is a parameter of a header field, on lines of its own: as it is where it is short and plain, else in parts that say
// their character set (RFC 2231, 3 and 4).
func parameter(name, value string) string {
	if len(value) <= shortParameter && ascii(value) && !strings.ContainsAny(value, `"\%`) {
		return ";\r\n " + name + `="` + value + `"`
	}
	var out strings.Builder
	rest, escaped := "UTF-8''", extended(value)
	for i := 0; len(escaped) > 0; i++ {
		end := min(len(escaped), shortParameter-len(rest))
		for end < len(escaped) && (escaped[end-1] == '%' || escaped[end-2] == '%') { // what is escaped stays in one part
			end--
		}
		fmt.Fprintf(&out, ";\r\n %s*%d*=%s%s", name, i, rest, escaped[:end])
		rest, escaped = "", escaped[end:]
	}
	return out.String()
}

// extended escapes all but letters, digits and a few signs (RFC 2231, 7: attribute-char).
func extended(value string) string {
	return strings.ReplaceAll(url.QueryEscape(value), "+", "%20")
}

// Tail is the end of a message that many have in common: what goes along with them. It is made once and not copied for each.
type Tail struct {
	content []byte // as it is signed
	wire    []byte // as it travels, with dots doubled and the final one
}

// newTail takes what follows the middle of a line.
func newTail(content []byte) (Tail, error) {
	if bytes.Count(content, []byte("\n")) != bytes.Count(content, []byte("\r\n")) {
		return Tail{}, errors.New("a line does not end as lines end in mails")
	}
	if bytes.HasPrefix(content, []byte(".")) || bytes.HasPrefix(content, []byte("\n")) {
		return Tail{}, errors.New("it begins as no line may be continued")
	}
	return Tail{content, stuffed(nil, content)}, nil
}
