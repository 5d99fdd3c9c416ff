// Command workflowcheck looks for what a workflow must not do, as Temporal's tool of the same name, but as a tool of go vet, which
// keeps what it found out about each package and looks only at those that changed:
//
//	go vet -vettool=.bin/workflowcheck ./workflows/...
//
// It is a module of its own, so that the program depends on nothing of it.
package main

import (
	"go.temporal.io/sdk/contrib/tools/workflowcheck/workflow"
	"golang.org/x/tools/go/analysis/unitchecker"
)

func main() { unitchecker.Main(workflow.NewChecker(workflow.Config{}).NewAnalyzer()) }
