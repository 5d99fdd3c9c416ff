// Command histories records the histories of real runs for the replay test: of one recommendation that was walked
// through on the instance, and of its mailings and follow-ups.
//
//	go run ./scripts/histories TEMPORAL_ADDRESS RECOMMENDATION_ID DATABASE_URL
//	go run ./scripts/histories round
//
// The second runs a round of review itself, on servers of its own and within two minutes, in which experts are silent, take back,
// declare a conflict of interest and get more time.
//
// A history per stage is written to workflows/testdata/histories, under the day it was recorded on. Histories recorded
// before stay: what ran once must replay for ever. They hold ids, never words.
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"github.com/google/uuid"
	enums "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/temporalproto"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"tribuna/models"
)

const folder = "workflows/testdata/histories"

func main() {
	var err error
	switch {
	case len(os.Args) == 2 && os.Args[1] == "round":
		err = recordRound(context.Background())
	case len(os.Args) == 4:
		err = record(context.Background(), os.Args[1], os.Args[2], os.Args[3])
	default:
		fmt.Fprintln(os.Stderr, "usage: histories TEMPORAL_ADDRESS RECOMMENDATION_ID DATABASE_URL | histories round")
		os.Exit(2)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "histories:", err)
		os.Exit(1)
	}
}

func record(ctx context.Context, address, recommendation, database string) error {
	id, err := uuid.Parse(recommendation)
	if err != nil {
		return err
	}
	c, err := client.Dial(client.Options{HostPort: address})
	if err != nil {
		return err
	}
	defer c.Close()
	db, err := models.Open(database)
	if err != nil {
		return err
	}
	defer db.Close()
	var processes []models.Process
	if err := db.NewSelect().Model(&processes).Where("p.recommendation_id = ?", id).Order("p.created_at").Scan(ctx); err != nil {
		return err
	}
	for _, p := range processes {
		err := eachRun(ctx, c, p, func(part string, h history) error { return write(string(p.Kind)+"-"+part, h) })
		if err != nil {
			return fmt.Errorf("%s: %w", p.WorkflowID(), err)
		}
	}
	return nil
}

type history = *historypb.History

// eachRun hands over every run of a process, with the part of it that the run is.
func eachRun(ctx context.Context, c client.Client, p models.Process, do func(part string, h history) error) error {
	runs, err := c.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{Query: fmt.Sprintf("WorkflowId = %q", p.WorkflowID())})
	if err != nil {
		return err
	}
	for _, run := range runs.Executions {
		events := new(historypb.History)
		iter := c.GetWorkflowHistory(ctx, p.WorkflowID(), run.Execution.RunId, false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
		for iter.HasNext() {
			e, err := iter.Next()
			if err != nil {
				return err
			}
			events.Events = append(events.Events, e)
		}
		if err := do(part(events), events); err != nil {
			return err
		}
	}
	return nil
}

// parts tells a run's part of the process by an activity that only that part has.
var parts = []struct{ activity, name string }{
	{"OpenReview", "review"}, {"OpenTranslations", "translation"}, {"OpenSignOff", "signoff"}, {"OpenPublication", "publication"},
	{"StartMailing", "scheduled"}, {"SendMailing", "sending"}, {"AskProgress", "asked"},
}

func part(h history) string {
	seen := map[string]bool{}
	for _, e := range h.Events {
		seen[e.GetActivityTaskScheduledEventAttributes().GetActivityType().GetName()] = true
	}
	for _, p := range parts {
		if seen[p.activity] {
			return p.name
		}
	}
	return "waiting"
}

var (
	identity = regexp.MustCompile(`"identity": *"[^"]*"`)
	sticky   = regexp.MustCompile(`"name": *"[^":]+:[0-9a-f-]{36}"`) // a worker's own queue is named after its machine
)

// write keeps a history under the day; a file that is there already stays.
func write(name string, h history) error {
	path := filepath.Join(folder, name+"-"+time.Now().UTC().Format(time.DateOnly)+".json")
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	raw, err := temporalproto.CustomJSONMarshalOptions{Indent: " "}.Marshal(h)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	raw = identity.ReplaceAll(raw, []byte(`"identity": "tribuna"`)) // not the machine's name
	raw = sticky.ReplaceAll(raw, []byte(`"name": "sticky"`))
	fmt.Println(path, len(h.Events), "events")
	return os.WriteFile(path, append(raw, '\n'), 0o644)
}
