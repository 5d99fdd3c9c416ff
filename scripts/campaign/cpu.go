package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// ticks are the clock ticks a second in which Linux counts the time of processes.
const ticks = 100

// cpu is how many seconds of processor PostgreSQL and what it started have used.
func (w *world) cpu() float64 {
	raw, err := os.ReadFile(filepath.Join(w.dir, "postgres", "data", "postmaster.pid"))
	if err != nil {
		return 0
	}
	first, _, _ := strings.Cut(string(raw), "\n")
	parent := strings.TrimSpace(first)
	all, _ := filepath.Glob("/proc/[0-9]*/stat")
	sum := 0.0
	for _, stat := range all {
		f := fields(stat)
		if f != nil && (filepath.Base(filepath.Dir(stat)) == parent || f[1] == parent) {
			for _, i := range []int{11, 12, 13, 14} { // utime, stime, and those of children that ended (proc(5))
				n, _ := strconv.ParseFloat(f[i], 64)
				sum += n / ticks
			}
		}
	}
	return sum
}

// fields are those of a file of proc(5) after the name of the process: state, parent, …
func fields(stat string) []string {
	raw, err := os.ReadFile(stat)
	if err != nil {
		return nil
	}
	f := strings.Fields(string(raw[strings.LastIndexByte(string(raw), ')')+1:]))
	if len(f) < 15 {
		return nil
	}
	return f
}

// each message's share, in microseconds.
func perMessage(seconds float64, messages int) string {
	return fmt.Sprintf("%.0f", seconds*1e6/float64(messages))
}
