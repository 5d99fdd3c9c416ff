package picture

import (
	"bytes"
	"encoding/binary"
)

// part is a named part of a file: a chunk of PNG or WebP, a segment of JPEG.
type part struct {
	name    string
	content []byte
}

// parts returns the parts that stand in a file before the points of the picture, and all of a WebP.
func parts(content []byte, mediaType string) []part {
	switch mediaType {
	case JPEG:
		return segments(content)
	case PNG:
		return chunks(content[min(8, len(content)):], binary.BigEndian, 0, 4, 4)
	default:
		return chunks(content[min(12, len(content)):], binary.LittleEndian, 4, 0, 0)
	}
}

// segments are the application segments of a JPEG (ITU-T T.81, B.1.1.4); their name is their marker.
func segments(content []byte) (all []part) {
	for at := 2; at+4 <= len(content) && content[at] == 0xff && content[at+1] != 0xda; {
		if content[at+1] == 0xff { // filled up
			at++
			continue
		}
		end := at + 2 + int(binary.BigEndian.Uint16(content[at+2:]))
		if end > len(content) || end < at+4 {
			break
		}
		all = append(all, part{string(content[at+1 : at+2]), content[at+4 : end]})
		at = end
	}
	return all
}

// chunks are those of PNG (11.2: size, name, content, checksum) or of RIFF (name, size, content, to an even length).
func chunks(content []byte, order binary.ByteOrder, size, name, after int) (all []part) {
	for len(content) >= 8 {
		long, called := int(order.Uint32(content[size:])), string(content[name:name+4])
		if long < 0 || long > len(content)-8 || called == "IDAT" {
			break
		}
		all = append(all, part{called, content[8 : 8+long]})
		next := 8 + long + after
		if after == 0 {
			next += long & 1
		}
		if next > len(content) {
			break
		}
		content = content[next:]
	}
	return all
}

// moves reports whether a picture has more frames than the one that would be kept (APNG, moving WebP).
func moves(content []byte, mediaType string) bool {
	for _, p := range parts(content, mediaType) {
		if mediaType == PNG && p.name == "acTL" || mediaType == WebP && (p.name == "ANIM" || p.name == "ANMF") {
			return true
		}
	}
	return false
}

// orientation is how a picture lies by its EXIF, from 1 to 8; 1 where nothing says so.
func orientation(content []byte, mediaType string) int {
	for _, p := range parts(content, mediaType) {
		switch {
		case mediaType == JPEG && p.name == "\xe1" && bytes.HasPrefix(p.content, []byte("Exif\x00\x00")):
			return orientationIn(p.content[6:])
		case mediaType == PNG && p.name == "eXIf", mediaType == WebP && p.name == "EXIF":
			return orientationIn(bytes.TrimPrefix(p.content, []byte("Exif\x00\x00")))
		}
	}
	return 1
}

// orientationTag is the tag of EXIF's first directory that says how a picture lies; short is the type of its value.
const (
	orientationTag = 0x0112
	short          = 3
)

// orientationIn reads the first directory of TIFF (6.0, section 2): its entries are 12 bytes each.
func orientationIn(tiff []byte) int {
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(tiff, []byte("II*\x00")):
		order = binary.LittleEndian
	case bytes.HasPrefix(tiff, []byte("MM\x00*")):
		order = binary.BigEndian
	default:
		return 1
	}
	if len(tiff) < 8 {
		return 1
	}
	first := uint64(order.Uint32(tiff[4:]))
	if first+2 > uint64(len(tiff)) {
		return 1
	}
	entries, count := tiff[first+2:], int(order.Uint16(tiff[first:]))
	for ; count > 0 && len(entries) >= 12; count, entries = count-1, entries[12:] {
		if order.Uint16(entries) == orientationTag && order.Uint16(entries[2:]) == short {
			if turn := int(order.Uint16(entries[8:])); turn >= 1 && turn <= 8 {
				return turn
			}
		}
	}
	return 1
}
