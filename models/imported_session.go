package models

import (
	"fmt"
	"time"
)

// sessionBegin is the first day of a session, and where that is written.
type sessionBegin struct{ day, source string }

// The documents that say when sessions of the working group on the Universal Periodic Review began.
const (
	councilOf2008  = "https://ungeneva.org/zh/news-media/meeting-summary/2008/09/human-rights-council-determines-order-review-states-and-troikas"
	openingOf7     = "https://www.ohchr.org/EN/NewsEvents/Pages/UPRopensseventhsession.aspx"
	openingOf8     = "https://www.upr-info.org/en/newsletter/upr-trax-no12-session-8-starts-today"
	reportOnSerbia = "https://right-docs.org/doc/a-hrc-23-15" // A/HRC/23/15, paragraph 1
	openingOf17    = "https://www.ungeneva.org/en/news-media/press-release/2013/10/human-rights-council-universal-periodic-review-working-group-hold"
	delegateOn18   = "http://www.norway-geneva.org/EFTA1/The-18th-session-of-the-Universal-Periodic-Review-/"
	summaryOf20    = "https://ijrcenter.org/2014/11/12/fourteen-states-undergo-universal-periodic-review"
	closingOf21    = "https://www.ohchr.org/en/press-releases/2015/01/human-rights-councils-universal-periodic-review-working-group-concludes"
	newsOf27       = "https://www.upr-info.org/en/newsletter/upr-trax-no-73-outcomes-of-upr-27"
	serbiaAgain    = "https://right-docs.org/doc/a-hrc-38-17" // A/HRC/38/17, paragraph 1
	newsOf31       = "https://www.upr-info.org/en/news/31st-session-of-the-universal-periodic-review"
	newsOf34       = "https://upr-info.org/en/news/conclusion-34th-session-upr"
)

// reviewSessions are the sessions whose first day one of these documents gives. The files with recommendations give the
// number of the session alone, so that nothing is said of the others, not even where their day seems well known: what is
// not read somewhere is not shown.
var reviewSessions = map[string]sessionBegin{
	"1": {"2008-04-07", councilOf2008}, "2": {"2008-05-05", councilOf2008}, "4": {"2009-02-02", councilOf2008}, "5": {"2009-05-04", councilOf2008},
	"6": {"2009-11-30", councilOf2008}, "7": {"2010-02-08", openingOf7}, "8": {"2010-05-03", openingOf8}, "9": {"2010-11-01", openingOf8},
	"15": {"2013-01-21", reportOnSerbia}, "17": {"2013-10-21", openingOf17}, "18": {"2014-01-27", delegateOn18}, "20": {"2014-10-27", summaryOf20},
	"21": {"2015-01-19", closingOf21}, "27": {"2017-05-01", newsOf27}, "29": {"2018-01-15", serbiaAgain}, "31": {"2018-11-05", newsOf31},
	"34": {"2019-11-04", newsOf34},
}

// SessionBegan is the day on which a session of the source began; nil where no document is known that says so.
func (s ImportSource) SessionBegan(session string) *Day {
	begin, known := s.sessions[session]
	if !known {
		return nil
	}
	day, err := time.Parse(time.DateOnly, begin.day)
	if err != nil {
		panic(fmt.Errorf("session %s: %w", session, err)) // it is written above
	}
	began := Day(day)
	return &began
}
