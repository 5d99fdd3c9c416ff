package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"
)

// load is how many processes wanted a processor in the last minute.
func load() string {
	raw, _ := os.ReadFile("/proc/loadavg")
	first, _, _ := strings.Cut(string(raw), " ")
	return first
}

// speedAim is the speed wanted, as a share of that of the loop that sends messages encoded before.
const speedAim = 0.85

// chapter is what was measured, as it stands in the documentation; busy is the load before it began.
func chapter(s settings, all []figures, shared sharing, busy string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `## Mailings

Written by `+"`make bench-campaign`"+` on %s, on %d cores, of which others wanted %s when it began: %d recipients, five languages, %d bytes a message, %d connections,
%d mails in doubt at once on each, after a mailing that is not counted. Sender, loops and a mail server that keeps nothing but a count are processes of their own on
one machine, with a PostgreSQL that flushes the disk at every commit. The sender does all it does in earnest: it claims,
asks consent and suppressions again, marks, signs return addresses, writes what came of each. Beside it, in the same run: a
loop that has go-mail compose every message and send it as it comes over connections used again, and a loop that sends messages
encoded before, signed alike, over go-mail's connections; neither has a database or knows what came of a message. The memory is the
most that a process held which does nothing but send (VmHWM); a worker holds its workflows besides, see above.

| signed | sender /s | composing /s | encoded before /s | of composing | of encoded | memory MB |
|---|---:|---:|---:|---:|---:|---:|
`, time.Now().UTC().Format(time.DateOnly), runtime.NumCPU(), busy, s.people, all[0].size, s.connections, s.window)
	for _, f := range all {
		composing, ratio := "", ""
		if f.composing > 0 {
			composing, ratio = fmt.Sprintf("%.0f", f.composing), fmt.Sprintf("%.2f", f.sender/f.composing)
		}
		fmt.Fprintf(&b, "| %s | %.0f | %s | %.0f | %s | %.2f | %d |\n", f.sign, f.sender, composing, f.bare, ratio, f.sender/f.bare, f.peak/1000)
	}
	b.WriteString(`
What it costs, of which other programs on the machine change less: microseconds of processor a message, and how long statements
took, added up, as a share of the time. Statements run beside the sending, several at once. What the database costs a mailing in time is
at most what the connections to the mail server stood idle: the share of their time in which none of their mails was on the wire, because
the next ones were still being claimed, marked, put down or, most of all where they are signed, composed.

**The database's share of the time** is what PostgreSQL with all it starts (sessions, writers, autovacuum) takes of the processors of the
machine from the first claim to the last count: its processor time by the time that passed and the number of cores. Where the processors are
all there is to wait for, as here, a database that cost nothing would save that share and no more. The sum of the statements is no such
figure, for they run several at once beside the sending; nor is what of them a connection waits for, for behind it stands the processor.

| signed | sender | PostgreSQL | encoded before | database's share of the time | PostgreSQL of all but the mail server | statements | connections idle |
|---|---:|---:|---:|---:|---:|---:|---:|
`)
	for _, f := range all {
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %.2f | %.2f | %.2f | %.2f |\n", f.sign, perMessage(f.ours, s.people), perMessage(f.postgres, s.people), perMessage(f.theirs, s.people),
			f.share, f.postgres/(f.ours+f.postgres), f.database, f.idle)
	}
	fmt.Fprintf(&b, `
Several workers have part in one mailing. Where the processors of this one machine are what is short it does not help: %d senders, with
%d connections each, sent %.0f messages a second. Where the mail server is, because it is far away or slow (here it takes %v to say
that it took a message), one sender with %d connections sent %.0f a second and %d with as many each sent %.0f: %.2f times as many.
Nobody had a mailing twice.

Aims: without signatures 1.4 of composing and 0.85 of encoded before; signed 0.85 of encoded before and signed alike; less than
100 MB; the database's share of the time less than a quarter. That share grows with the speed: at 0.85 of encoded before, the aim
for the speed, what PostgreSQL takes for a message without a signature is %.2f of the time.
`, s.workers, max(1, s.connections/s.workers), shared.near, s.answerAfter, s.connections, shared.far, s.workers, shared.farShare, shared.farShare/shared.far,
		all[0].share*speedAim*all[0].bare/all[0].sender)
	return b.String()
}
