package walkthrough

import (
	"context"
	"time"
)

// task is a task as the API shows it to those asked.
type task struct {
	ID               string `json:"id"`
	TaskID           string `json:"task_id"` // the id, in the list of what waits
	Kind             string `json:"kind"`
	State            string `json:"state"`
	Round            int    `json:"round"`
	RecommendationID string `json:"recommendation_id"`
	Language         string `json:"language"`
	SubjectID        string `json:"subject_id"`
	Version          *struct {
		Hash string `json:"hash"`
	} `json:"version"`
}

// task reads a task as those asked see it.
func (c *caller) task(ctx context.Context, id string) (*task, error) {
	t := new(task)
	return t, c.get(ctx, "/api/v1/tasks/"+id, t)
}

// waiting lists what waits for somebody.
func (c *caller) waiting(ctx context.Context) ([]task, error) {
	var list struct{ Items []task }
	err := c.get(ctx, "/api/v1/waiting", &list)
	return list.Items, err
}

// asked waits until the recommendation asks somebody to do something.
func (w *walk) asked(ctx context.Context, who *caller, kind string, limit time.Duration) (*task, error) {
	return until(ctx, who.name+" to be asked to "+kind, limit, func(ctx context.Context) (*task, bool, error) {
		list, err := who.waiting(ctx)
		if err != nil {
			return nil, false, err
		}
		found := first(list, func(t task) bool { return t.RecommendationID == w.rec.ID && t.Kind == kind })
		if found == nil {
			return nil, false, nil
		}
		t, err := who.task(ctx, found.TaskID)
		return t, err == nil, err
	})
}

// does answers a task.
func (c *caller) does(ctx context.Context, t *task, action string, body any) error {
	return c.post(ctx, "/api/v1/tasks/"+t.ID+"/"+action, body, nil)
}
