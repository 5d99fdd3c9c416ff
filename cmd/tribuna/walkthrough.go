package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"

	"tribuna/internal/config"
	"tribuna/internal/walkthrough"
)

// runWalkthrough takes one recommendation the whole way on a running instance, as its people would.
func runWalkthrough(ctx context.Context, cfg config.Config, args []string) error {
	flags := flag.NewFlagSet("walkthrough", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	data := flags.String("data", "", "")
	asJSON := flags.Bool("json", false, "")
	if err := flags.Parse(args); err != nil {
		return usageError{err.Error()}
	}
	out := io.Writer(os.Stdout)
	if *asJSON {
		out = os.Stderr
	}
	result, err := walkthrough.Run(ctx, walkthrough.Options{BaseURL: cfg.PublicURL(), DataDir: *data, Out: out})
	if *asJSON {
		if encodeErr := json.NewEncoder(os.Stdout).Encode(result); encodeErr != nil {
			return encodeErr
		}
	}
	if err != nil {
		return err
	}
	return conclude(out, result)
}

// conclude says whether all came as expected; an error where anything did not.
func conclude(out io.Writer, result walkthrough.Result) error {
	for _, d := range result.Differences {
		fmt.Fprintln(out, "  differs:", d)
	}
	if n := len(result.Differences); n > 0 {
		return fmt.Errorf("%s not as expected", counted(n, "thing is", "things are"))
	}
	fmt.Fprintf(out, "\nThe whole way took %.0f s, and everything is as expected.\n", result.Seconds)
	return nil
}
