package picture_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/picture"
)

// secret is what a camera wrote beside the picture, and nobody is to read in a letter.
const secret = "Children's home, 42.6977N 23.3219E"

// corners is a picture with a red, a green, a blue and a white quarter, in the order of reading.
func corners(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.Set(x, y, []color.RGBA{{255, 0, 0, 255}, {0, 255, 0, 255}, {0, 0, 255, 255}, {255, 255, 255, 255}}[2*(2*y/h)+2*x/w])
		}
	}
	return img
}

// read says which quarters a picture has, in the order of reading.
func read(t *testing.T, content []byte) string {
	t.Helper()
	img, _, err := image.Decode(bytes.NewReader(content))
	require.NoError(t, err)
	quarters := ""
	for _, at := range [][2]int{{1, 1}, {3, 1}, {1, 3}, {3, 3}} {
		r, g, b, _ := img.At(img.Bounds().Dx()*at[0]/4, img.Bounds().Dy()*at[1]/4).RGBA()
		bright := func(v uint32) int { return int(v >> 15) }
		quarters += map[[3]int]string{{1, 0, 0}: "r", {0, 1, 0}: "g", {0, 0, 1}: "b", {1, 1, 1}: "w"}[[3]int{bright(r), bright(g), bright(b)}]
	}
	return quarters
}

func jpegOf(t *testing.T, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, jpeg.Encode(&b, img, &jpeg.Options{Quality: 95}))
	return b.Bytes()
}

func pngOf(t *testing.T, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, img))
	return b.Bytes()
}

// exif is what a camera writes (TIFF 6.0): how the picture lies, who took it, and a directory with the place.
func exif(turn uint16, order binary.ByteOrder) []byte {
	var b bytes.Buffer
	put := func(v any) { _ = binary.Write(&b, order, v) }
	b.WriteString(map[bool]string{true: "II*\x00", false: "MM\x00*"}[order == binary.ByteOrder(binary.LittleEndian)])
	put(uint32(8))
	const entries = 3
	after := uint32(8 + 2 + 12*entries + 4)
	put(uint16(entries))
	put([]uint16{0x010e, 2})                           // ImageDescription
	put([]uint32{uint32(len(secret)), after})          //
	put([]uint16{0x0112, 3})                           // Orientation
	put(uint32(1))                                     //
	put([]uint16{turn, 0})                             //
	put([]uint16{0x8825, 4})                           // GPSInfo
	put([]uint32{1, after + uint32(len(secret))})      //
	put(uint32(0))                                     //
	b.WriteString(secret)                              //
	put(uint16(1))                                     // the directory of the place
	put([]uint16{0x0002, 5})                           // GPSLatitude
	put([]uint32{3, after + uint32(len(secret)) + 18}) //
	put(uint32(0))                                     //
	put([]uint32{42, 1, 41, 1, 51, 1})                 // degrees, minutes, seconds
	return b.Bytes()
}

// photograph is a JPEG as a camera writes it: with EXIF, XMP, a comment, and another picture behind its end.
func photograph(t *testing.T, img image.Image, turn uint16) []byte {
	t.Helper()
	plain := jpegOf(t, img)
	var b bytes.Buffer
	segment := func(marker byte, content string) {
		b.Write([]byte{0xff, marker})
		_ = binary.Write(&b, binary.BigEndian, uint16(len(content)+2))
		b.WriteString(content)
	}
	b.Write(plain[:2])
	segment(0xe1, "Exif\x00\x00"+string(exif(turn, binary.BigEndian)))
	segment(0xe1, "http://ns.adobe.com/xap/1.0/\x00<x:xmpmeta>"+secret+"</x:xmpmeta>")
	segment(0xed, "Photoshop 3.0\x008BIM"+secret)
	segment(0xfe, secret)
	b.Write(plain[2:])
	b.WriteString(secret)
	return b.Bytes()
}

func chunk(name string, content []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(content)))
	named := append([]byte(name), content...)
	return binary.BigEndian.AppendUint32(append(b, named...), crc32.ChecksumIEEE(named))
}

// withChunks puts chunks behind the head of a PNG.
func withChunks(content []byte, chunks ...[]byte) []byte {
	const head = 8 + 25
	return append(append(bytes.Clone(content[:head]), bytes.Join(chunks, nil)...), content[head:]...)
}

func TestOfAPictureNothingIsKeptButWhatItShows(t *testing.T) {
	var moving bytes.Buffer
	require.NoError(t, gif.EncodeAll(&moving, framesOf(3, 40, 20)))
	comment := append(append([]byte{0x21, 0xfe, byte(len(secret))}, secret...), 0)
	gifWith := append(append(bytes.Clone(moving.Bytes()[:moving.Len()-1]), comment...), 0x3b)
	for name, c := range map[string]struct {
		content []byte
		kind    string
	}{
		"JPEG": {photograph(t, corners(40, 20), 1), picture.JPEG},
		"PNG": {append(withChunks(pngOf(t, corners(40, 20)), chunk("eXIf", exif(1, binary.LittleEndian)), chunk("tEXt", []byte("Comment\x00"+secret)),
			chunk("iTXt", []byte("XML:com.adobe.xmp\x00\x00\x00\x00\x00"+secret))), secret...), picture.PNG},
		"GIF": {gifWith, picture.GIF},
	} {
		t.Run(name, func(t *testing.T) {
			require.Contains(t, string(c.content), secret)
			got, err := picture.Of(c.content, c.kind, 1200)
			require.NoError(t, err)
			for _, word := range []string{secret, "Exif", "eXIf", "xmp", "GPS", "8BIM", "Children"} {
				require.NotContains(t, string(got.Content), word)
			}
			require.NotContains(t, string(got.Content), string(binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, 42), 1)), "the place")
			require.Equal(t, []any{c.kind, 40, 20}, []any{got.MediaType, got.Width, got.Height})
			again, err := picture.Of(c.content, c.kind, 1200)
			require.NoError(t, err)
			require.Equal(t, got.Content, again.Content, "the same each time")
		})
	}
}

// TestAPictureIsTurnedUpright has a picture lie in each of the eight ways and come out as it is to be seen.
func TestAPictureIsTurnedUpright(t *testing.T) {
	for turn, lies := range map[uint16]string{1: "rgbw", 2: "grwb", 3: "wbgr", 4: "bwrg", 5: "rbgw", 6: "gwrb", 7: "wgbr", 8: "brwg"} {
		order := map[string]color.RGBA{"r": {255, 0, 0, 255}, "g": {0, 255, 0, 255}, "b": {0, 0, 255, 255}, "w": {255, 255, 255, 255}}
		w, h := 40, 20
		if turn > 4 {
			w, h = h, w
		}
		img := image.NewRGBA(image.Rect(0, 0, w, h))
		for y := range h {
			for x := range w {
				img.Set(x, y, order[lies[2*(2*y/h)+2*x/w:][:1]])
			}
		}
		got, err := picture.Of(photograph(t, img, turn), picture.JPEG, 0)
		require.NoError(t, err)
		require.Equal(t, []any{"rgbw", 40, 20}, []any{read(t, got.Content), got.Width, got.Height}, "orientation %d", turn)
		for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
			got, err = picture.Of(withChunks(pngOf(t, img), chunk("eXIf", exif(turn, order))), picture.PNG, 20)
			require.NoError(t, err)
			require.Equal(t, []any{"rgbw", 20, 10}, []any{read(t, got.Content), got.Width, got.Height}, "orientation %d, made narrower", turn)
		}
	}
}

func TestAPictureIsMadeNarrowerWhereItIsTooWide(t *testing.T) {
	got, err := picture.Of(photograph(t, corners(4032, 3024), 6), picture.JPEG, 1200)
	require.NoError(t, err)
	require.Equal(t, []int{1200, 1600}, []int{got.Width, got.Height}, "it is upright, and its width is that of what is seen")
	require.Equal(t, "brwg", read(t, got.Content))
	got, err = picture.Of(jpegOf(t, corners(4000, 1000)), picture.JPEG, 0)
	require.NoError(t, err)
	require.Equal(t, 4000, got.Width, "what is attached stays as wide as it is")
	clear := image.NewNRGBA(image.Rect(0, 0, 2400, 2))
	got, err = picture.Of(pngOf(t, clear), picture.PNG, 1200)
	require.NoError(t, err)
	img, err := png.Decode(bytes.NewReader(got.Content))
	require.NoError(t, err)
	_, _, _, alpha := img.At(600, 0).RGBA()
	require.Equal(t, []any{uint32(0), 1200, 1}, []any{alpha, got.Width, got.Height}, "one sees through it still")
}

// framesOf is a moving GIF.
func framesOf(n, w, h int) *gif.GIF {
	g := &gif.GIF{Config: image.Config{Width: w, Height: h}, LoopCount: 3}
	for i := range n {
		frame := image.NewPaletted(image.Rect(0, 0, w, h), color.Palette{color.Black, color.White})
		frame.Pix[i] = 1
		g.Image, g.Delay = append(g.Image, frame), append(g.Delay, 10*(i+1))
	}
	return g
}

func TestAMovingGIFStaysMovingOrIsRefused(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, gif.EncodeAll(&b, framesOf(3, 40, 20)))
	got, err := picture.Of(b.Bytes(), picture.GIF, 40)
	require.NoError(t, err)
	all, err := gif.DecodeAll(bytes.NewReader(got.Content))
	require.NoError(t, err)
	require.Equal(t, []any{3, []int{10, 20, 30}, 3}, []any{len(all.Image), all.Delay, all.LoopCount})
	_, err = picture.Of(b.Bytes(), picture.GIF, 39)
	require.ErrorIs(t, err, picture.ErrMoving)
	_, err = picture.Of(withChunks(pngOf(t, corners(4, 4)), chunk("acTL", make([]byte, 8))), picture.PNG, 0)
	require.ErrorIs(t, err, picture.ErrMoving)
	_, err = picture.Of(webpOf("VP8X", "\x12\x00\x00\x00\x01\x00\x00\x01\x00\x00", "ANIM", "\x00\x00\x00\x00\x00\x00"), picture.WebP, 0)
	require.ErrorIs(t, err, picture.ErrMoving)
}

// webpOf puts a WebP together, of names and contents.
func webpOf(parts ...string) []byte {
	body := []byte("WEBP")
	for i := 0; i < len(parts); i += 2 {
		body = append(binary.LittleEndian.AppendUint32(append(body, parts[i]...), uint32(len(parts[i+1]))), parts[i+1]...)
		if len(parts[i+1])%2 == 1 {
			body = append(body, 0)
		}
	}
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body))), body...)
}

// lossless is a WebP of one point, as an encoder wrote it.
const lossless = "UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA=="

func TestAWebPBecomesWhatEveryMailProgramShows(t *testing.T) {
	one, err := base64.StdEncoding.DecodeString(lossless)
	require.NoError(t, err)
	got, err := picture.Of(one, picture.WebP, 1200)
	require.NoError(t, err)
	require.Equal(t, []any{picture.PNG, 1, 1}, []any{got.MediaType, got.Width, got.Height}, "one can see through it")
	whole := webpOf("VP8X", "\x08\x00\x00\x00\x00\x00\x00\x00\x00\x00", "VP8L", string(one[20:]), "EXIF", string(exif(1, binary.LittleEndian)), "XMP ", secret)
	got, err = picture.Of(whole, picture.WebP, 1200)
	require.NoError(t, err)
	require.NotContains(t, string(got.Content), secret)
}

// TestABombIsRefusedBeforeItIsDecoded has few bytes say that they are a picture of many points.
func TestABombIsRefusedBeforeItIsDecoded(t *testing.T) {
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, 60_000), 60_000)
	huge := append([]byte("\x89PNG\r\n\x1a\n"), chunk("IHDR", append(head, 8, 0, 0, 0, 0))...)
	_, err := picture.Of(append(huge, chunk("IDAT", make([]byte, 100))...), picture.PNG, 1200)
	require.ErrorIs(t, err, picture.ErrLarge)
	flat := jpegOf(t, image.NewGray(image.Rect(0, 0, 8, 8)))
	at := bytes.Index(flat, []byte{0xff, 0xc0})
	binary.BigEndian.PutUint16(flat[at+5:], 65_000)
	binary.BigEndian.PutUint16(flat[at+7:], 65_000)
	_, err = picture.Of(flat, picture.JPEG, 1200)
	require.ErrorIs(t, err, picture.ErrLarge)
	frame := append([]byte{0x2c, 0, 0, 0, 0, 0xe8, 3, 0xe8, 3, 0, 2, 1, 0}, 0) // a thousand points each way, and nothing in it
	many := append([]byte("GIF89a\xe8\x03\xe8\x03\x80\x00\x00\x00\x00\x00\xff\xff\xff"), bytes.Repeat(frame, 1000)...)
	_, err = picture.Of(append(many, 0x3b), picture.GIF, 1200)
	require.ErrorIs(t, err, picture.ErrLarge)
}

func TestWhatIsDamagedOrSomethingElseIsNoPicture(t *testing.T) {
	good := map[string][]byte{picture.JPEG: photograph(t, corners(40, 20), 6), picture.PNG: pngOf(t, corners(40, 20)), picture.WebP: webpOf("VP8L", "/")}
	for kind, content := range good {
		for _, n := range []int{0, 1, 11, 13, 20, len(content) / 2} {
			_, err := picture.Of(content[:min(n, len(content))], kind, 1200)
			require.ErrorIs(t, err, picture.ErrNone, "%s, %d bytes", kind, n)
		}
	}
	_, err := picture.Of(good[picture.PNG], picture.JPEG, 0)
	require.ErrorIs(t, err, picture.ErrNone)
	_, err = picture.Of(good[picture.PNG], "image/svg+xml", 0)
	require.ErrorIs(t, err, picture.ErrNone)
}

// FuzzOf looks for what makes it panic or keep more than it says.
func FuzzOf(f *testing.F) {
	f.Add([]byte("GIF89a"), 0)
	f.Fuzz(func(t *testing.T, content []byte, kind int) {
		kinds := []string{picture.JPEG, picture.PNG, picture.GIF, picture.WebP}
		c, err := picture.Of(content, kinds[((kind%4)+4)%4], 100)
		if err == nil {
			require.NotZero(t, c.Width*c.Height)
		}
	})
}
