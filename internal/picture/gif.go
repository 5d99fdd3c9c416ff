package picture

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/gif"
)

// cleanGIF writes a GIF anew: its frames and how they follow each other. Comments and what programs put beside are gone.
func cleanGIF(content []byte, config image.Config, widest int) (Clean, error) {
	points, err := gifPoints(content)
	switch {
	case err != nil:
		return Clean{}, ErrNone
	case points > Most:
		return Clean{}, ErrLarge
	case widest > 0 && config.Width > widest:
		return Clean{}, ErrMoving
	}
	all, err := gif.DecodeAll(bytes.NewReader(content))
	if err != nil {
		return Clean{}, ErrNone
	}
	var out bytes.Buffer
	if err := gif.EncodeAll(&out, all); err != nil {
		return Clean{}, fmt.Errorf("write a GIF: %w", err)
	}
	return Clean{Content: out.Bytes(), MediaType: GIF, Width: config.Width, Height: config.Height}, nil
}

// leastFrame is as how many points a frame counts at least: its colours take as much memory.
const leastFrame = 4096

// gifPoints counts the points of all frames of a GIF without decoding any: a few bytes can hold thousands of large ones
// (GIF89a, sections 18 to 27).
func gifPoints(content []byte) (int, error) {
	const header = 13
	if len(content) < header {
		return 0, ErrNone
	}
	points, at := 0, header+colours(content[10])
	for at < len(content) {
		switch content[at] {
		case 0x3b: // the end
			return points, nil
		case 0x21: // an extension: its label, then its blocks
			at += 2
		case 0x2c: // a frame: place, size and flags, its colours, the size of its codes, then its blocks
			if at+10 > len(content) {
				return 0, ErrNone
			}
			points += max(leastFrame, int(binary.LittleEndian.Uint16(content[at+5:]))*int(binary.LittleEndian.Uint16(content[at+7:])))
			at += 11 + colours(content[at+9])
		default:
			return 0, ErrNone
		}
		for at < len(content) && content[at] != 0 {
			at += 1 + int(content[at])
		}
		at++
	}
	return points, nil
}

// colours is how many bytes a table of colours takes, of what its flags say.
func colours(flags byte) int {
	if flags&0x80 == 0 {
		return 0
	}
	return 3 << (flags&7 + 1)
}
