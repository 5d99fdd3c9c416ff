// Package files takes files from people and gives them back, for both doors alike: within limits when they come, and as
// something to be saved, never to be shown, when they go.
package files

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"tribuna/internal/apperr"
)

// Field is the name of the one field that holds a file.
const Field = "file"

// Bounds of what stands beside the file in a form.
const (
	fieldsMost = 200
	wordsMost  = 4 << 20 // bytes
)

// File is a file as it came or goes.
type File struct {
	Name      string
	MediaType string // of what goes; what comes is judged by its content
	Content   []byte
	ETag      string // of what goes and may be kept, without quotes; "": it may not
	Public    bool   // what goes may be kept by everybody
	TooLarge  bool   // it was read to its end, so that there is somebody to tell, and not kept
}

// Read reads a form with at most one file of at most so many bytes. The caller bounds the whole body. No file is nil.
func Read(r *http.Request, most int64) (url.Values, *File, error) {
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, nil, &apperr.Error{Code: apperr.CodeUnsupportedType, Err: err}
	}
	in := form{values: url.Values{}, left: wordsMost, most: most}
	for n := 0; ; n++ {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return in.values, in.file, nil
		}
		if err == nil && n >= fieldsMost {
			return nil, nil, apperr.New(apperr.CodeTooLarge)
		}
		if err == nil {
			err = in.take(part)
		}
		if err != nil {
			return nil, nil, unreadable(err)
		}
	}
}

type form struct {
	values url.Values
	file   *File
	left   int64 // bytes that fields may still hold
	most   int64 // bytes of the file
}

func (f *form) take(part *multipart.Part) error {
	name := part.FormName()
	if name != Field {
		words, err := io.ReadAll(io.LimitReader(part, f.left+1))
		if f.left -= int64(len(words)); err == nil && f.left < 0 {
			err = apperr.New(apperr.CodeTooLarge)
		}
		f.values.Add(name, string(words))
		return err
	}
	if part.FileName() == "" { // nothing was chosen
		return nil
	}
	if f.file != nil {
		return apperr.Invalid(Field, "too_many", "max", 1)
	}
	content, err := io.ReadAll(io.LimitReader(part, f.most+1))
	if err != nil {
		return err
	}
	f.file = &File{Name: part.FileName(), Content: content}
	if int64(len(content)) > f.most {
		f.file.Content, f.file.TooLarge = nil, true
		_, err = io.Copy(io.Discard, part)
	}
	return err
}

func unreadable(err error) error {
	var known *apperr.Error
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &known):
		return known
	case errors.As(err, &tooLarge):
		return &apperr.Error{Code: apperr.CodeTooLarge, Err: err}
	}
	return &apperr.Error{Code: apperr.CodeInvalid, What: "body", Err: err}
}

// Has reports whether the reader says that they have the file already, by its ETag.
func Has(r *http.Request, f File) bool {
	for _, tag := range strings.Split(r.Header.Get("If-None-Match"), ",") {
		if f.ETag != "" && strings.TrimPrefix(strings.TrimSpace(tag), "W/") == strconv.Quote(f.ETag) {
			return true
		}
	}
	return false
}

// Unchanged answers 304 to a reader who has the file already, and reports whether it did. It needs no content.
func Unchanged(w http.ResponseWriter, r *http.Request, f File) bool {
	if !Has(r, f) {
		return false
	}
	f.allowKeeping(w.Header())
	w.WriteHeader(http.StatusNotModified)
	return true
}

func (f File) allowKeeping(h http.Header) {
	if f.ETag == "" {
		return
	}
	h.Set("ETag", strconv.Quote(f.ETag))
	h.Set("Cache-Control", "private, no-cache")
	if f.Public {
		h.Set("Cache-Control", "public, max-age=300")
	}
}

// Serve answers with a file that somebody brought: it is saved, under its name, and whatever it holds does nothing in
// the browser and stays in nobody's cache.
func Serve(w http.ResponseWriter, f File) {
	h := w.Header()
	h.Set("Content-Type", f.MediaType)
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.Name}))
	h.Set("Content-Length", strconv.Itoa(len(f.Content)))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	f.allowKeeping(h)
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox; frame-ancestors 'none'")
	h.Set("X-Robots-Tag", "noindex, nofollow")
	_, _ = w.Write(f.Content) // the reader has gone if this fails
}
