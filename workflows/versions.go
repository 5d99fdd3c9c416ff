package workflows

// Every incompatible change of a workflow gets a named flag here, asked for by workflow.GetVersion where the paths part,
// and a recorded history under testdata/histories that goes through it. There is none yet.
