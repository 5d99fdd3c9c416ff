// Package picture takes in pictures that people bring: what a camera or a program wrote into them besides the picture itself (where it
// was taken, when, by whom, with what, a smaller copy of what was cut off) does not come along, because only the points of the picture
// are kept and written down anew. It refuses what would take too much memory before it decodes anything.
package picture

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"

	"golang.org/x/image/draw"
	"golang.org/x/image/webp"
)

// The media types of pictures that can be taken in. WebP comes out as one of the others, because many mail programs do not show it.
const (
	PNG  = "image/png"
	JPEG = "image/jpeg"
	GIF  = "image/gif"
	WebP = "image/webp"
)

// Most is how many points a picture may have, of all its frames together: a photograph of a good camera, and 100 MB of memory.
const Most = 25_000_000

// quality is that of a JPEG written anew, where what is lost is not seen.
const quality = 88

// What is wrong with a picture.
var (
	ErrNone   = errors.New("it is no picture of this kind, or it is damaged")
	ErrLarge  = errors.New("it has too many points")
	ErrMoving = errors.New("it moves, and cannot be made narrower or be kept moving")
)

// Clean is a picture and nothing else.
type Clean struct {
	Content       []byte
	MediaType     string
	Width, Height int // in pixels, upright
}

// turns bounds how many pictures are in memory at once.
var turns = make(chan struct{}, 2)

// Of takes in a picture: upright, without anything but its points, and made narrower where it is wider than so many pixels (0: as wide
// as it is). Moving GIFs stay moving, but are not made narrower: wider ones are ErrMoving, as is what moves in other formats.
func Of(content []byte, mediaType string, widest int) (Clean, error) {
	if moves(content, mediaType) {
		return Clean{}, ErrMoving
	}
	config, err := configOf(content, mediaType)
	switch {
	case err != nil || config.Width < 1 || config.Height < 1:
		return Clean{}, ErrNone
	case config.Width > Most/config.Height:
		return Clean{}, ErrLarge
	}
	turns <- struct{}{}
	defer func() { <-turns }()
	if mediaType == GIF {
		return cleanGIF(content, config, widest)
	}
	var img image.Image
	switch mediaType {
	case PNG:
		img, err = png.Decode(bytes.NewReader(content))
	case JPEG:
		img, err = jpeg.Decode(bytes.NewReader(content))
	default:
		img, err = webp.Decode(bytes.NewReader(content))
	}
	if err != nil {
		return Clean{}, ErrNone
	}
	return written(upright(narrowed(img, orientation(content, mediaType), widest)), mediaType)
}

func configOf(content []byte, mediaType string) (image.Config, error) {
	r := bytes.NewReader(content)
	switch mediaType {
	case PNG:
		return png.DecodeConfig(r)
	case JPEG:
		return jpeg.DecodeConfig(r)
	case GIF:
		return gif.DecodeConfig(r)
	case WebP:
		return webp.DecodeConfig(r)
	}
	return image.Config{}, ErrNone
}

// narrowed makes a picture narrower that would be too wide once it is turned.
func narrowed(img image.Image, turn int, widest int) (image.Image, int) {
	size := img.Bounds().Size()
	wide := size.X
	if lies(turn) {
		wide = size.Y
	}
	if widest < 1 || wide <= widest {
		return img, turn
	}
	small := image.NewRGBA(image.Rect(0, 0, max(1, size.X*widest/wide), max(1, size.Y*widest/wide)))
	draw.CatmullRom.Scale(small, small.Bounds(), img, img.Bounds(), draw.Src, nil)
	return small, turn
}

// upright turns a picture as its orientation says (EXIF 2.32, tag 0x0112: the place of the first row and the first column).
func upright(img image.Image, turn int) image.Image {
	if turn < 2 || turn > 8 {
		return img
	}
	from := image.NewRGBA(image.Rectangle{Max: img.Bounds().Size()})
	draw.Draw(from, from.Bounds(), img, img.Bounds().Min, draw.Src)
	w, h := from.Rect.Dx(), from.Rect.Dy()
	to := image.NewRGBA(image.Rect(0, 0, w, h))
	if lies(turn) {
		to = image.NewRGBA(image.Rect(0, 0, h, w))
	}
	for y := range h {
		for x := range w {
			tx, ty := x, y
			switch turn {
			case 2:
				tx = w - 1 - x
			case 3:
				tx, ty = w-1-x, h-1-y
			case 4:
				ty = h - 1 - y
			case 5:
				tx, ty = y, x
			case 6:
				tx, ty = h-1-y, x
			case 7:
				tx, ty = h-1-y, w-1-x
			case 8:
				tx, ty = y, w-1-x
			}
			copy(to.Pix[to.PixOffset(tx, ty):][:4], from.Pix[from.PixOffset(x, y):][:4])
		}
	}
	return to
}

// lies is whether an orientation exchanges width and height.
func lies(turn int) bool { return turn >= 5 && turn <= 8 }

// written encodes a picture: what one may see through as PNG.
func written(img image.Image, mediaType string) (Clean, error) {
	var out bytes.Buffer
	c := Clean{MediaType: mediaType, Width: img.Bounds().Dx(), Height: img.Bounds().Dy()}
	if mediaType == WebP {
		c.MediaType = JPEG
		if o, is := img.(interface{ Opaque() bool }); is && !o.Opaque() {
			c.MediaType = PNG
		}
	}
	var err error
	if c.MediaType == JPEG {
		err = jpeg.Encode(&out, img, &jpeg.Options{Quality: quality})
	} else {
		err = png.Encode(&out, img)
	}
	if err != nil {
		return Clean{}, fmt.Errorf("write a picture: %w", err)
	}
	c.Content = out.Bytes()
	return c, nil
}
