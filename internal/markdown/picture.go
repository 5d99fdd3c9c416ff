package markdown

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark/ast"
	"golang.org/x/text/unicode/norm"
)

// Picture is a picture that a text names: ![what it shows](name.png).
type Picture struct{ Name, Shows string }

// Remote reports whether the picture would be fetched from somewhere, which tells whoever keeps it there who reads the text.
func (p Picture) Remote() bool { return strings.ContainsAny(p.Name, "/:") }

// Shown is where a picture stands, as a program finds it within the same mail (cid:…), and how wide it is in pixels.
type Shown struct {
	Address string // "": there is no such picture, and none is shown
	Width   int
}

// WithPictures shows the pictures that a text names and somebody keeps. Without it no text shows any.
func WithPictures(find func(name string) Shown) Option {
	return func(o *options) { o.pictures = find }
}

// Pictures are those that a text names, in their order.
func Pictures(source string) []Picture {
	src := []byte(unixNewlines(source))
	var list []Picture
	_ = ast.Walk(parse(newEngine(""), src, ""), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if image, is := n.(*ast.Image); is && entering {
			list = append(list, Picture{pictureName(image), letterInline(image, src)})
		}
		return ast.WalkContinue, nil
	})
	return list
}

// pictureName is the name of a file as people write it, or as an address has it.
func pictureName(n *ast.Image) string {
	name := string(n.Destination)
	if plain, err := url.PathUnescape(name); err == nil {
		name = plain
	}
	return norm.NFC.String(name)
}

// showPictures puts the addresses of pictures in the place of their names, and takes out those that are not there.
func showPictures(doc ast.Node, find func(string) Shown) {
	var images []*ast.Image
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if image, is := n.(*ast.Image); is && entering {
			images = append(images, image)
		}
		return ast.WalkContinue, nil
	})
	for _, image := range images {
		shown := find(pictureName(image))
		if shown.Address == "" {
			image.Parent().RemoveChild(image.Parent(), image)
			continue
		}
		image.Destination, image.Title = []byte(shown.Address), nil
		image.SetAttributeString("width", []byte(strconv.Itoa(shown.Width)))
	}
}

var withinTheMail = regexp.MustCompile(`^cid:[0-9A-Za-z@.-]+$`)

// picturePolicy lets pictures pass too that lie within the same mail.
var picturePolicy = func() *bluemonday.Policy {
	p := newPolicy()
	p.AllowURLSchemes("cid")
	p.AllowAttrs("src").Matching(withinTheMail).OnElements("img")
	p.AllowAttrs("width").Matching(bluemonday.Integer).OnElements("img")
	p.AllowAttrs("alt").OnElements("img")
	return p
}()
