package workflows

// Every incompatible change of a workflow gets a named flag here, asked for by workflow.GetVersion where the paths part,
// and a recorded history under testdata/histories that goes through it.
const (
	// mailingsSideBySide: several batches of a mailing are sent side by side; before, one after the other.
	mailingsSideBySide = "mailings-side-by-side"
)
