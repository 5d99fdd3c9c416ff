package walkthrough

import (
	"context"
	"time"
)

// followUp waits until a focal point is asked what became of a measure, and reports it.
func (w *walk) followUp(ctx context.Context) error {
	who, t, err := w.soon(ctx, "report_progress")
	if err != nil {
		return err
	}
	err = who.does(ctx, t, "progress", map[string]any{"status": "under_discussion", "note": "The ministry has put it on the agenda of its council.",
		"source_title": "Minutes of the council", "source_url": "https://ministry.example/minutes/17", "observed_on": time.Now().UTC().Format(time.DateOnly)})
	if err != nil {
		return err
	}
	var f struct {
		Status string `json:"status"`
	}
	if err := who.get(ctx, "/api/v1/followups/"+t.SubjectID, &f); err != nil {
		return err
	}
	expect(w, "status of the measure reported on", f.Status, "under_discussion")
	w.did("%s reported at one authority: %s", who.name, f.Status)
	return nil
}

// verify checks the decision record.
func (w *walk) verify(ctx context.Context) error {
	var report struct {
		Entries int   `json:"entries"`
		Faults  []any `json:"faults"`
	}
	if err := w.people.officer.get(ctx, "/api/v1/recommendations/"+w.rec.ID+"/record/verify", &report); err != nil {
		return err
	}
	w.result.DecisionRecordOK = len(report.Faults) == 0 && report.Entries > 0
	expect(w, "the decision record is whole", w.result.DecisionRecordOK, true)
	w.say("record")
	w.did("%d entries, %d faults", report.Entries, len(report.Faults))
	return nil
}
